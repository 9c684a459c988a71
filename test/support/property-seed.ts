// Draws the same examples in every run of the test suite, so that a run says something about the code alone; PROPERTY_SEED draws others.
import { configureGlobal } from "fast-check";

configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_261_101) });
