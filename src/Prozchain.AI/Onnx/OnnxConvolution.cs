using System.Numerics;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Convolutions of any number of dimensions, as products of matrices over gathered columns.</summary>
internal static class OnnxConvolution
{
    private const int MaxColumns = 1 << 21;

    public static void Register(OnnxOperators table)
    {
        table.Add("Conv", c => Biased(Run(c, c[0], c[1]), c.Optional(2)));
        table.Add("ConvInteger", c => OnnxUnary.Cast(Run(c, OnnxLinear.Centred(c[0], c.Optional(2), 0), OnnxLinear.Centred(c[1], c.Optional(3), 0)), OnnxType.Int32));
        table.Add("ConvTranspose", c => Biased(Transposed(c), c.Optional(2)));
    }

    public static OnnxTensor Run(OnnxCall call, OnnxTensor x, OnnxTensor w)
    {
        long groups = call.Int("group", 1);
        if (x.Rank < 3 || w.Rank != x.Rank || x.Type != w.Type || groups < 1 || w.Dims[0] % groups != 0 || w.Dims[1] * groups != x.Dims[1])
            throw new OnnxRefusal($"{x} and {w} in {groups} groups have no convolution");
        var window = OnnxWindow.Of(call, x.Dims[2..], w.Dims[2..]);
        OnnxTensor made = OnnxTensor.Zeros(x.Type, [x.Dims[0], w.Dims[0], .. window.Output]);
        if (made.Count == 0) return made;
        call.Spend((double)made.Count * w.Dims[1] * window.Taps);
        if (x.Type == OnnxType.Float) Run(x.As<float>(), w.As<float>(), made.As<float>(), x.Dims[0], x.Dims[1], w.Dims[0], (int)groups, window);
        else if (x.Type == OnnxType.Int64) Run(x.As<long>(), w.As<long>(), made.As<long>(), x.Dims[0], x.Dims[1], w.Dims[0], (int)groups, window);
        else
        {
            var sums = new double[made.Count];
            Run(x.Doubles(), w.Doubles(), sums, x.Dims[0], x.Dims[1], w.Dims[0], (int)groups, window);
            OnnxElements.Write(made, sums);
        }
        return made;
    }

    public static OnnxTensor Biased(OnnxTensor y, OnnxTensor? bias) =>
        bias is null ? y : OnnxBinary.Apply<OnnxBinary.Sum>(y, bias.Reshaped([bias.Count, .. Enumerable.Repeat(1, y.Rank - 2)]));

    private static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> w, Span<T> y, int batch, int channels, int filters, int groups, OnnxWindow window)
        where T : unmanaged, INumber<T>
    {
        int taps = window.Taps, outputs = window.Outputs, pixels = OnnxShapes.Product(window.Input);
        int perGroup = channels / groups, rows = filters / groups, depth = perGroup * taps;
        int[] places = window.Places(out _);
        int chunk = Math.Clamp(MaxColumns / Math.Max(depth, 1), 1, outputs);
        var columns = new T[checked(depth * chunk)];
        var product = new T[checked(rows * chunk)];
        for (int n = 0; n < batch; n++)
            for (int g = 0; g < groups; g++)
                for (int first = 0; first < outputs; first += chunk)
                {
                    int count = Math.Min(chunk, outputs - first);
                    for (int c = 0; c < perGroup; c++)
                    {
                        ReadOnlySpan<T> plane = x.Slice(((n * channels) + (g * perGroup) + c) * pixels, pixels);
                        for (int t = 0; t < taps; t++)
                        {
                            ReadOnlySpan<int> from = places.AsSpan((t * outputs) + first, count);
                            Span<T> column = columns.AsSpan(((c * taps) + t) * count, count);
                            for (int i = 0; i < column.Length; i++) column[i] = from[i] < 0 ? T.Zero : plane[from[i]];
                        }
                    }
                    OnnxLinear.Multiply(w.Slice(g * rows * depth, rows * depth), columns.AsSpan(0, depth * count), product.AsSpan(0, rows * count), rows, depth, count);
                    for (int r = 0; r < rows; r++)
                        product.AsSpan(r * count, count).CopyTo(y[((((n * filters) + (g * rows) + r) * outputs) + first)..]);
                }
    }

    private static OnnxTensor Transposed(OnnxCall call)
    {
        (OnnxTensor x, OnnxTensor w) = (call[0], call[1]);
        int groups = (int)Math.Clamp(call.Int("group", 1), 1, int.MaxValue);
        if (x.Rank < 3 || w.Rank != x.Rank || w.Dims[0] != x.Dims[1] || x.Dims[1] % groups != 0) throw new OnnxRefusal($"{x} and {w} in {groups} groups have no convolution");
        int rank = x.Rank - 2;
        int[] strides = Read("strides", 1), dilations = Read("dilations", 1), extra = Read("output_padding", 0), shape = new int[rank], before = new int[rank];
        int[]? wanted = call.Ints("output_shape") is { } s ? OnnxShapes.ToInts(s) : null, pads = call.Ints("pads") is { } p ? OnnxShapes.ToInts(p) : null;
        string auto = call.Text("auto_pad", "NOTSET");
        for (int d = 0; d < rank; d++)
        {
            int full = checked((strides[d] * (x.Dims[d + 2] - 1)) + extra[d] + ((w.Dims[d + 2] - 1) * dilations[d]) + 1);
            if (auto.StartsWith("SAME", StringComparison.Ordinal) || wanted is not null)
            {
                shape[d] = wanted is null ? x.Dims[d + 2] * strides[d] : wanted[^(rank - d)];
                int pad = Math.Max(0, full - shape[d]);
                before[d] = auto == "SAME_UPPER" ? pad / 2 : pad - (pad / 2);
            }
            else
            {
                before[d] = pads?[d] ?? 0;
                shape[d] = full - before[d] - (pads?[d + rank] ?? 0);
            }
        }
        OnnxTensor made = OnnxTensor.Zeros(x.Type, [x.Dims[0], checked(w.Dims[1] * groups), .. shape]);
        double[] xs = x.Doubles(), ws = w.Doubles(), sums = new double[made.Count];
        int pixels = OnnxShapes.Product(x.Dims.AsSpan(2)), taps = OnnxShapes.Product(w.Dims.AsSpan(2)), outputs = OnnxShapes.Product(shape), perGroup = x.Dims[1] / groups;
        call.Spend((double)x.Count * w.Dims[1] * taps);
        int[] places = Places();
        for (int n = 0; n < x.Dims[0]; n++)
            for (int c = 0; c < x.Dims[1]; c++)
                for (int f = 0; f < w.Dims[1]; f++)
                {
                    Span<double> plane = sums.AsSpan(((n * made.Dims[1]) + (c / perGroup * w.Dims[1]) + f) * outputs, outputs);
                    for (int i = 0; i < pixels; i++)
                        for (int t = 0; t < taps; t++)
                            if (places[(i * taps) + t] is >= 0 and var at) plane[at] += xs[(((n * x.Dims[1]) + c) * pixels) + i] * ws[(((c * w.Dims[1]) + f) * taps) + t];
                }
        OnnxElements.Write(made, sums);
        return made;

        int[] Read(string name, int otherwise)
        {
            int[] read = call.Ints(name) is { } given ? OnnxShapes.ToInts(given) : [.. Enumerable.Repeat(otherwise, rank)];
            return read.Length == rank && read.All(value => value >= otherwise) ? read : throw new OnnxRefusal($"attribute '{name}' does not fit {x}");
        }

        int[] Places()
        {
            if ((long)pixels * taps > OnnxLimits.MaxElements) throw new OnnxRefusal("the window is too large");
            var found = new int[pixels * taps];
            int[] xStrides = OnnxShapes.Strides(x.Dims.AsSpan(2)), tapStrides = OnnxShapes.Strides(w.Dims.AsSpan(2)), outStrides = OnnxShapes.Strides(shape);
            for (int i = 0; i < found.Length; i++)
                for (int d = 0; d < rank && found[i] >= 0; d++)
                {
                    int at = (i / taps / xStrides[d] % x.Dims[d + 2] * strides[d]) + (i % taps / tapStrides[d] % w.Dims[d + 2] * dilations[d]) - before[d];
                    found[i] = at < 0 || at >= shape[d] ? -1 : found[i] + (at * outStrides[d]);
                }
            return found;
        }
    }
}
