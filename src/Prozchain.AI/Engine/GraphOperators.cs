namespace Prozchain.AI.Engine;

/// <summary>One method for each operator, over <see cref="IntegerGraphBuilder.Add"/>, whose exceptions they share.</summary>
public static class GraphOperators
{
    extension(IntegerGraphBuilder graph)
    {
        /// <inheritdoc cref="OperatorKind.MatMul"/>
        public IntegerValue MatMul(IntegerValue x, IntegerValue w, IntegerValue? bias = null) => graph.Add(OperatorKind.MatMul, bias is null ? [x, w] : [x, w, bias]);

        /// <inheritdoc cref="OperatorKind.BatchMatMul"/>
        public IntegerValue BatchMatMul(IntegerValue x, IntegerValue y, bool transposeY = false) => graph.Add(OperatorKind.BatchMatMul, [x, y], transposeY ? 1 : 0);

        /// <inheritdoc cref="OperatorKind.Conv"/>
        /// <param name="strides">Height and width; 1 if empty.</param>
        /// <param name="pads">Top, left, bottom, right; 0 if empty.</param>
        /// <param name="dilations">Height and width; 1 if empty.</param>
        /// <param name="padValue">The element of the padding.</param>
        public IntegerValue Conv(
            IntegerValue x, IntegerValue w, IntegerValue? bias = null, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> pads = default,
            ReadOnlySpan<int> dilations = default, int groups = 1, int padValue = 0) =>
            graph.Add(OperatorKind.Conv, bias is null ? [x, w] : [x, w, bias], [.. WindowAttributes(strides, pads, dilations), groups, padValue]);

        /// <inheritdoc cref="OperatorKind.Requantise"/>
        public IntegerValue Requantise(IntegerValue x, int multiplier, int shift, int zeroPoint = 0, int low = -127, int high = 127, ElementType type = ElementType.I8) =>
            graph.Add(OperatorKind.Requantise, [x], (long)type, multiplier, shift, zeroPoint, low, high);

        /// <inheritdoc cref="OperatorKind.RequantiseChannels"/>
        /// <param name="multipliers">Constant I32, one for each index of the axis.</param>
        /// <param name="shifts">Constant I8, one for each index of the axis.</param>
        /// <param name="axis">The axis of the channels.</param>
        public IntegerValue RequantiseChannels(
            IntegerValue x, IntegerValue multipliers, IntegerValue shifts, int axis, int zeroPoint = 0, int low = -127, int high = 127, ElementType type = ElementType.I8) =>
            graph.Add(OperatorKind.RequantiseChannels, [x, multipliers, shifts], (long)type, axis, zeroPoint, low, high);

        /// <inheritdoc cref="OperatorKind.AddScaled"/>
        public IntegerValue AddScaled(
            IntegerValue a, int multiplierA, IntegerValue b, int multiplierB, int shift, int zeroPoint = 0, int low = -127, int high = 127, ElementType type = ElementType.I8) =>
            graph.Add(OperatorKind.AddScaled, [a, b], (long)type, multiplierA, multiplierB, shift, zeroPoint, low, high);

        /// <inheritdoc cref="OperatorKind.Multiply"/>
        public IntegerValue Multiply(IntegerValue x, IntegerValue y) => graph.Add(OperatorKind.Multiply, [x, y]);

        /// <inheritdoc cref="OperatorKind.MaxPool"/>
        /// <param name="kernel">Height and width.</param>
        public IntegerValue MaxPool(IntegerValue x, ReadOnlySpan<int> kernel, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> pads = default, ReadOnlySpan<int> dilations = default) =>
            graph.Add(OperatorKind.MaxPool, [x], [kernel[0], kernel[1], .. WindowAttributes(strides, pads, dilations)]);

        /// <inheritdoc cref="OperatorKind.SumPool"/>
        /// <param name="kernel">Height and width.</param>
        public IntegerValue SumPool(IntegerValue x, ReadOnlySpan<int> kernel, ReadOnlySpan<int> strides = default, ReadOnlySpan<int> pads = default, ReadOnlySpan<int> dilations = default) =>
            graph.Add(OperatorKind.SumPool, [x], [kernel[0], kernel[1], .. WindowAttributes(strides, pads, dilations)]);

        /// <inheritdoc cref="OperatorKind.Lookup"/>
        public IntegerValue Lookup(IntegerValue x, IntegerValue table) => graph.Add(OperatorKind.Lookup, [x, table]);

        /// <inheritdoc cref="OperatorKind.Softmax"/>
        /// <param name="multiplier">With <paramref name="shift"/>, how many steps of 2^-11 one step of x is: M / 2^s = scale of x · 2,048.</param>
        /// <param name="one">The element, before the zero point, that stands for probability one; 1 to 65,535.</param>
        public IntegerValue Softmax(
            IntegerValue x, int multiplier, int shift, int one = 127, int zeroPoint = 0, int low = -127, int high = 127, ElementType type = ElementType.I8) =>
            graph.Add(OperatorKind.Softmax, [x], (long)type, multiplier, shift, one, zeroPoint, low, high);

        /// <inheritdoc cref="OperatorKind.LayerNorm"/>
        /// <param name="gamma">Constant, one for each element of a row: γ / scale of the output, times 2^fraction.</param>
        /// <param name="beta">Constant: β / scale of the output, times 2^fraction; or null.</param>
        /// <param name="epsilon">ε · n² / (scale of x)², at least 1.</param>
        /// <param name="fraction">Bits below the point of gamma and beta, 0 to 30.</param>
        /// <param name="rootBits">Bits below the point of the root, 0 to 30; -1 for as many, up to 15, as 62 bits allow.</param>
        public IntegerValue LayerNorm(
            IntegerValue x, IntegerValue gamma, IntegerValue? beta, long epsilon, int fraction, int rootBits = -1, int zeroPoint = 0, int low = -127, int high = 127, ElementType type = ElementType.I8) =>
            Norm(graph, OperatorKind.LayerNorm, x, gamma, beta, [(long)type, epsilon, rootBits, fraction, zeroPoint, low, high]);

        /// <inheritdoc cref="OperatorKind.RmsNorm"/>
        /// <inheritdoc cref="LayerNorm"/>
        public IntegerValue RmsNorm(
            IntegerValue x, IntegerValue gamma, IntegerValue? beta, long epsilon, int fraction, int rootBits = -1, int zeroPoint = 0, int low = -127, int high = 127, ElementType type = ElementType.I8) =>
            Norm(graph, OperatorKind.RmsNorm, x, gamma, beta, [(long)type, epsilon, rootBits, fraction, zeroPoint, low, high]);

        /// <inheritdoc cref="OperatorKind.Rotary"/>
        /// <param name="cosine">Constant I16 [positions, angles], of 2^shift.</param>
        /// <param name="sine">As <paramref name="cosine"/>.</param>
        /// <param name="positions">I32, one for each token.</param>
        /// <param name="axis">The axis of the tokens.</param>
        /// <param name="interleaved">Whether a pair is two neighbours; otherwise its halves are as many elements apart as there are angles.</param>
        public IntegerValue Rotary(
            IntegerValue x, IntegerValue cosine, IntegerValue sine, IntegerValue positions, int axis, bool interleaved, int shift = 14, int low = -127, int high = 127) =>
            graph.Add(OperatorKind.Rotary, [x, cosine, sine, positions], axis, interleaved ? 1 : 0, shift, low, high);

        /// <inheritdoc cref="OperatorKind.Positions"/>
        public IntegerValue Positions(int tokens) => graph.Add(OperatorKind.Positions, [], tokens);

        /// <inheritdoc cref="OperatorKind.Attention"/>
        /// <param name="causal">Whether token t sees only keys up to its own position.</param>
        /// <param name="cached">Whether keys and values join the request's KV cache, and the tokens see all of it.</param>
        /// <param name="scoreMultiplier">With <paramref name="scoreShift"/>, how many steps of 2^-11 one step of a score q·k is, 1/√D included.</param>
        /// <param name="multiplier">Of the weighted sum of values, which is in steps of v's scale / <paramref name="one"/>.</param>
        /// <param name="one">Probability one, 1 to 32,767.</param>
        public IntegerValue Attention(
            IntegerValue q, IntegerValue k, IntegerValue v, bool causal, bool cached, int scoreMultiplier, int scoreShift,
            int multiplier, int shift, int one = short.MaxValue, int zeroPoint = 0, int low = -127, int high = 127, ElementType type = ElementType.I8) =>
            graph.Add(OperatorKind.Attention, [q, k, v], causal ? 1 : 0, cached ? 1 : 0, scoreMultiplier, scoreShift, one, (long)type, multiplier, shift, zeroPoint, low, high);

        /// <inheritdoc cref="OperatorKind.Gather"/>
        public IntegerValue Gather(IntegerValue data, IntegerValue indices, int axis = 0) => graph.Add(OperatorKind.Gather, [data, indices], axis);

        /// <inheritdoc cref="OperatorKind.Concat"/>
        public IntegerValue Concat(int axis, params ReadOnlySpan<IntegerValue> inputs) => graph.Add(OperatorKind.Concat, inputs, axis);

        /// <inheritdoc cref="OperatorKind.Slice"/>
        /// <param name="starts">First index of each axis.</param>
        /// <param name="sizes">Elements taken of each axis.</param>
        /// <param name="steps">Step of each axis, which may be negative; 1 if empty.</param>
        public IntegerValue Slice(IntegerValue x, ReadOnlySpan<int> starts, ReadOnlySpan<int> sizes, ReadOnlySpan<int> steps = default)
        {
            if (starts.Length != sizes.Length || (!steps.IsEmpty && steps.Length != sizes.Length)) throw new ArgumentException("Expected a start, a size and a step for each axis.");
            var attributes = new long[3 * starts.Length];
            for (int i = 0; i < starts.Length; i++) (attributes[3 * i], attributes[3 * i + 1], attributes[3 * i + 2]) = (starts[i], sizes[i], steps.IsEmpty ? 1 : steps[i]);
            return graph.Add(OperatorKind.Slice, [x], attributes);
        }

        /// <inheritdoc cref="OperatorKind.Reshape"/>
        public IntegerValue Reshape(IntegerValue x, params ReadOnlySpan<int> shape) => graph.Add(OperatorKind.Reshape, [x], IntegerGraphBuilder.Widen(shape));

        /// <inheritdoc cref="OperatorKind.Transpose"/>
        /// <param name="permutation">Axis i of the output is axis permutation[i] of x.</param>
        public IntegerValue Transpose(IntegerValue x, params ReadOnlySpan<int> permutation) => graph.Add(OperatorKind.Transpose, [x], IntegerGraphBuilder.Widen(permutation));

        /// <inheritdoc cref="OperatorKind.Pad"/>
        /// <param name="before">Elements in front, for each axis.</param>
        /// <param name="after">Elements behind, for each axis.</param>
        public IntegerValue Pad(IntegerValue x, ReadOnlySpan<int> before, ReadOnlySpan<int> after, int value)
        {
            if (before.Length != after.Length) throw new ArgumentException("Expected as many pads in front as behind.");
            var attributes = new long[2 * before.Length + 1];
            for (int i = 0; i < before.Length; i++) (attributes[2 * i], attributes[2 * i + 1]) = (before[i], after[i]);
            attributes[^1] = value;
            return graph.Add(OperatorKind.Pad, [x], attributes);
        }

        /// <inheritdoc cref="OperatorKind.Expand"/>
        public IntegerValue Expand(IntegerValue x, params ReadOnlySpan<int> shape) => graph.Add(OperatorKind.Expand, [x], IntegerGraphBuilder.Widen(shape));

        /// <inheritdoc cref="OperatorKind.Clip"/>
        public IntegerValue Clip(IntegerValue x, int low, int high, ElementType type = ElementType.I8) => graph.Add(OperatorKind.Clip, [x], (long)type, low, high);

        /// <inheritdoc cref="OperatorKind.ReduceSum"/>
        public IntegerValue ReduceSum(IntegerValue x, ReadOnlySpan<int> axes, bool keep = false) => graph.Add(OperatorKind.ReduceSum, [x], Mask(axes), keep ? 1 : 0);

        /// <inheritdoc cref="OperatorKind.ReduceMax"/>
        public IntegerValue ReduceMax(IntegerValue x, ReadOnlySpan<int> axes, bool keep = false) => graph.Add(OperatorKind.ReduceMax, [x], Mask(axes), keep ? 1 : 0);

        /// <inheritdoc cref="OperatorKind.ArgMax"/>
        public IntegerValue ArgMax(IntegerValue x, int axis, bool keep = false) => graph.Add(OperatorKind.ArgMax, [x], axis, keep ? 1 : 0);
    }

    private static IntegerValue Norm(IntegerGraphBuilder graph, OperatorKind kind, IntegerValue x, IntegerValue gamma, IntegerValue? beta, long[] attributes)
    {
        if (attributes[2] < 0)
        {
            attributes[2] = 15;
            while (attributes[2] > 0 && !RowRules.NormFits(x, gamma.Range, beta?.Range ?? default, attributes[1], (int)attributes[2], (int)attributes[3])) attributes[2]--;
        }
        return graph.Add(kind, beta is null ? [x, gamma] : [x, gamma, beta], attributes);
    }

    private static long[] WindowAttributes(ReadOnlySpan<int> strides, ReadOnlySpan<int> pads, ReadOnlySpan<int> dilations)
    {
        if (strides.Length is not (0 or 2) || pads.Length is not (0 or 4) || dilations.Length is not (0 or 2))
            throw new ArgumentException($"Expected two strides, four pads and two dilations, or none, got {strides.Length}, {pads.Length} and {dilations.Length}.");
        long[] attributes = [1, 1, 0, 0, 0, 0, 1, 1];
        for (int i = 0; i < strides.Length; i++) attributes[i] = strides[i];
        for (int i = 0; i < pads.Length; i++) attributes[2 + i] = pads[i];
        for (int i = 0; i < dilations.Length; i++) attributes[6 + i] = dilations[i];
        return attributes;
    }

    private static long Mask(ReadOnlySpan<int> axes)
    {
        long mask = 0;
        foreach (int axis in axes) mask |= axis is >= 0 and < GraphLimits.MaxRank ? 1L << axis : throw new ArgumentException($"Expected axes below {GraphLimits.MaxRank}, got {axis}.");
        return mask;
    }
}
