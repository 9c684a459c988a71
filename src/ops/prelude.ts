// The text of prelude.wg for the core, which reads no files; a test keeps the two equal.

/** The source of the layers that every model can call. */
export const preludeText = `# Layers, written in the model language itself. Every call makes its own parameters.

# A fully connected layer: x @ W + b, with \`size\` outputs for each row of x.
fn linear(x, size) {
  param W : [last(x), size] = glorot_uniform()
  param b : [size] = zeros()
  return x @ W + b
}

# Sets a share \`rate\` of the elements to 0 in training and scales the others up, so that the mean stays; x itself outside of training.
fn dropout(x, rate = 0.5) = if training then where(uniform(shape(x)) < rate, 0, x / (1 - rate)) else x

# Rows (the last axis) with mean 0 and variance 1, then scaled and shifted by parameters.
fn layer_norm(x, epsilon = 1e-5) {
  param gain : [last(x)] = ones()
  param bias : [last(x)] = zeros()
  centered = x - mean(x, axis: -1, keepdims: true)
  variance = mean(square(centered), axis: -1, keepdims: true)
  return gain * centered / sqrt(variance + epsilon) + bias
}

# Features (the last axis) with mean 0 and variance 1 over the batch; outside of training over what was seen in training.
fn batch_norm(x, momentum = 0.9, epsilon = 1e-5) {
  param gain : [last(x)] = ones()
  param bias : [last(x)] = zeros()
  state running_mean : [last(x)] = zeros()
  state running_variance : [last(x)] = ones()
  rows = reshape(x, [-1, last(x)])
  batch_mean = mean(rows, axis: 0)
  batch_variance = var(rows, axis: 0)
  next running_mean = momentum * running_mean + (1 - momentum) * batch_mean
  next running_variance = momentum * running_variance + (1 - momentum) * batch_variance
  center = if training then batch_mean else running_mean
  variance = if training then batch_variance else running_variance
  return gain * (x - center) / sqrt(variance + epsilon) + bias
}

# A trainable row of \`size\` numbers for each of the codes 0 to classes - 1.
fn embedding(i, classes, size) {
  param W : [classes, size] = normal()
  return gather(W, i)
}

# Self-attention with several heads over [batch, time, features]; with \`causal\`, no time step sees a later one.
fn attention(x, heads = 1, causal = false) {
  fn split(y) = transpose(reshape(y, [size(x, 0), size(x, 1), heads, last(x) / heads]), (0, 2, 1, 3))
  query = split(linear(x, last(x)))
  key = split(linear(x, last(x)))
  content = split(linear(x, last(x)))
  score = query @ transpose(key, (0, 1, 3, 2)) / sqrt(last(x) / heads)
  visible = if causal then where(tril(ones([size(x, 1), size(x, 1)])) > 0, score, -inf) else score
  mixed = transpose(softmax(visible) @ content, (0, 2, 1, 3))
  return linear(reshape(mixed, shape(x)), last(x))
}
`;
