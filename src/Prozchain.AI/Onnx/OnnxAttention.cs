using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Scaled dot-product attention with grouped heads, masks, a cache and a soft cap; rotary positions.</summary>
internal static class OnnxAttention
{
    public static void Register(OnnxOperators table)
    {
        table.AddMany("Attention", Attention);
        table.Add("RotaryEmbedding", Rotary);
    }

    private static OnnxTensor?[] Attention(OnnxCall call)
    {
        bool flat = call[0].Rank == 3;
        OnnxTensor q = Heads(call[0], call.Int("q_num_heads", 0)), k = Heads(call[1], call.Int("kv_num_heads", 0)), v = Heads(call[2], call.Int("kv_num_heads", 0));
        OnnxTensor? mask = call.Optional(3);
        int past = call.Optional(4)?.Dims[2] ?? 0;
        if (call.Optional(4) is { } pastKey) k = OnnxMovement.Concat([pastKey, k], 2);
        if (call.Optional(5) is { } pastValue) v = OnnxMovement.Concat([pastValue, v], 2);
        long[]? filled = call.Optional(6)?.Longs();
        int batch = q.Dims[0], heads = q.Dims[1], rows = q.Dims[2], size = q.Dims[3], shared = k.Dims[1], length = k.Dims[2], width = v.Dims[3];
        if (shared == 0 || heads % shared != 0 || k.Dims[3] != size || v.Dims[1] != shared || v.Dims[2] != length || k.Dims[0] != batch || v.Dims[0] != batch)
            throw new OnnxRefusal($"{q}, {k} and {v} do not fit together");
        double lines = (double)batch * heads * rows;
        if (lines * Math.Max(length, width) > OnnxLimits.MaxElements) throw new OnnxRefusal($"scores of {lines} queries and {length} keys are above {OnnxLimits.MaxElements}");
        call.Spend(lines * length * ((double)size + width));
        double scale = call.Float("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(size), cap = call.Float("softcap", 0);
        bool causal = call.Int("is_causal", 0) != 0;
        long mode = call.Int("qk_matmul_output_mode", 0);
        double[] qs = q.Doubles(), ks = k.Doubles(), vs = v.Doubles();
        int[]? maskMap = mask is null ? null : MaskMap(mask, [batch, heads, rows, length]);
        double[]? biases = mask?.Type == OnnxType.Bool ? Array.ConvertAll(mask.Data, value => value != 0 ? 0 : double.NegativeInfinity) : mask?.Doubles();
        var y = new double[batch * heads * rows * width];
        var shown = new double[batch * heads * rows * length];
        var line = new double[length];
        for (int b = 0; b < batch; b++)
            for (int h = 0; h < heads; h++)
                for (int r = 0; r < rows; r++)
                {
                    int row = (((b * heads) + h) * rows) + r, other = ((b * shared) + (h / (heads / shared))) * length;
                    // A query stands behind the keys of the past, or at the end of the keys that are filled.
                    long last = causal ? r + (filled is not null && call.Optional(4) is null ? filled[b] - rows : past) : length;
                    for (int j = 0; j < length; j++)
                    {
                        double score = 0;
                        for (int i = 0; i < size; i++) score += qs[(row * size) + i] * ks[((other + j) * size) + i];
                        score *= scale;
                        if (mode == 0) shown[(row * length) + j] = score;
                        if (cap > 0) score = cap * Math.Tanh(score / cap);
                        if (mode == 1) shown[(row * length) + j] = score;
                        double bias = biases is null ? 0 : maskMap![(row * length) + j] is >= 0 and var at ? biases[at] : double.NegativeInfinity;
                        bool hidden = j > last || (filled is not null && j >= filled[b]) || double.IsNegativeInfinity(bias);
                        line[j] = hidden ? double.NegativeInfinity : score + bias;
                    }
                    if (mode == 2) line.CopyTo(shown.AsSpan(row * length));
                    OnnxReduction.Softmax(line);
                    if (mode == 3) line.CopyTo(shown.AsSpan(row * length));
                    for (int j = 0; j < length; j++)
                        for (int i = 0; i < width && line[j] != 0; i++) y[(row * width) + i] += line[j] * vs[((other + j) * width) + i];
                }
        OnnxTensor made = OnnxTensor.FromDoubles(q.Type, [batch, heads, rows, width], y);
        if (flat) made = OnnxMovement.Permute(made, 0, 2, 1, 3).Reshaped(batch, rows, heads * width);
        return [made, call.Wants(1) ? k : null, call.Wants(2) ? v : null, call.Wants(3) ? OnnxTensor.FromDoubles(q.Type, [batch, heads, rows, length], shown) : null];
    }

    /// <summary>Batch × sequence × (heads · size) as batch × heads × sequence × size.</summary>
    private static OnnxTensor Heads(OnnxTensor x, long heads)
    {
        if (x.Rank == 4) return x;
        if (x.Rank != 3 || heads < 1 || x.Dims[2] % heads != 0) throw new OnnxRefusal($"{x} has no {heads} heads");
        return OnnxMovement.Permute(x.Reshaped(x.Dims[0], x.Dims[1], (int)heads, (int)(x.Dims[2] / heads)), 0, 2, 1, 3);
    }

    // A mask shorter than the keys hides the rest of them.
    private static int[] MaskMap(OnnxTensor mask, int[] scores)
    {
        int short_ = mask.Rank == 0 ? 1 : mask.Dims[^1], length = scores[^1];
        if (short_ == length || mask.Rank == 0) return OnnxShapes.Map(mask.Dims, scores) ?? [.. Enumerable.Range(0, mask.Count)];
        int[] cut = [.. scores[..^1], short_];
        if (short_ > length) throw new OnnxRefusal($"{mask} is longer than the keys");
        int[] map = OnnxShapes.Map(mask.Dims, cut) ?? [.. Enumerable.Range(0, mask.Count)];
        return [.. Enumerable.Range(0, OnnxShapes.Product(scores)).Select(i => i % length < short_ ? map[(i / length * short_) + (i % length)] : -1)];
    }

    private static OnnxTensor Rotary(OnnxCall call)
    {
        bool flat = call[0].Rank == 3, interleaved = call.Int("interleaved", 0) != 0;
        OnnxTensor x = Heads(call[0], call.Int("num_heads", 0));
        int batch = x.Dims[0], heads = x.Dims[1], rows = x.Dims[2], size = x.Dims[3];
        long turned = call.Int("rotary_embedding_dim", 0) is > 0 and var dim ? dim : size;
        if (turned > size || turned % 2 != 0) throw new OnnxRefusal($"{x} cannot be turned in {turned} elements");
        int half = (int)turned / 2;
        double[] values = x.Doubles(), cos = call[1].Doubles(), sin = call[2].Doubles();
        long[]? positions = call.Optional(3)?.Longs();
        for (int row = 0; row < batch * heads * rows; row++)
        {
            int place = (row / (heads * rows) * rows) + (row % rows);
            long at = (positions is null ? place : positions[place]) * half;
            if (at < 0 || at + half > cos.Length || at + half > sin.Length) throw new OnnxRefusal($"position {at / Math.Max(half, 1)} is outside the tables");
            for (int i = 0; i < half; i++)
            {
                int first = (row * size) + (interleaved ? 2 * i : i), second = interleaved ? first + 1 : first + half;
                (double a, double b, double c, double s) = (values[first], values[second], cos[at + i], sin[at + i]);
                (values[first], values[second]) = ((c * a) - (s * b), (s * a) + (c * b));
            }
        }
        OnnxTensor made = OnnxTensor.FromDoubles(x.Type, x.Dims, values);
        return flat ? OnnxMovement.Permute(made, 0, 2, 1, 3).Reshaped(call[0].Dims) : made;
    }
}
