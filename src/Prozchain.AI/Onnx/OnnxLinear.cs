using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Products of matrices: in double precision for doubles, in single for the other floats, in 64 bits for integers.</summary>
internal static class OnnxLinear
{
    public static void Register(OnnxOperators table)
    {
        table.Add("MatMul", c => MatMul(c, c[0], c[1]));
        table.Add("Gemm", Gemm);
        table.Add("MatMulInteger", c => OnnxUnary.Cast(MatMul(c, Centred(c[0], c.Optional(2), c[0].Rank == 1 ? 0 : c[0].Rank - 2), Centred(c[1], c.Optional(3), c[1].Rank - 1)), OnnxType.Int32));
        table.Add("Einsum", OnnxEinsum.Run);
    }

    public static OnnxTensor MatMul(OnnxCall call, OnnxTensor a, OnnxTensor b)
    {
        if (a.Type != b.Type || a.Rank == 0 || b.Rank == 0) throw new OnnxRefusal($"{a} and {b} have no product");
        OnnxTensor x = a.Rank == 1 ? a.Reshaped(1, a.Count) : a, y = b.Rank == 1 ? b.Reshaped(b.Count, 1) : b;
        int m = x.Dims[^2], k = x.Dims[^1], n = y.Dims[^1];
        if (y.Dims[^2] != k) throw new OnnxRefusal($"{a} and {b} have no product");
        int[] batch = OnnxShapes.Broadcast(x.Dims[..^2], y.Dims[..^2]), shape = [.. batch, .. a.Rank == 1 ? (int[])[] : [m], .. b.Rank == 1 ? (int[])[] : [n]];
        int count = OnnxShapes.Product(batch);
        int[]? xs = OnnxShapes.Map(x.Dims[..^2], batch), ys = OnnxShapes.Map(y.Dims[..^2], batch);
        OnnxTensor made = OnnxTensor.Zeros(a.Type, shape);
        call.Spend((double)made.Count * k);
        if (a.Type == OnnxType.Double) Run(x.As<double>(), y.As<double>(), made.As<double>());
        else if (a.Type == OnnxType.Float) Run(x.As<float>(), y.As<float>(), made.As<float>());
        else if (a.Type.IsFloat())
        {
            var sums = new float[made.Count];
            Run(x.Floats(), y.Floats(), sums);
            OnnxElements.Write(made, Array.ConvertAll(sums, v => (double)v));
        }
        else
        {
            var sums = new long[made.Count];
            Run(x.Longs(), y.Longs(), sums);
            OnnxElements.Write(made, sums);
        }
        return made;

        void Run<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> sums) where T : unmanaged, INumber<T>
        {
            for (int i = 0; i < count; i++)
                Multiply(left.Slice((xs?[i] ?? i) * m * k, m * k), right.Slice((ys?[i] ?? i) * k * n, k * n), sums.Slice(i * m * n, m * n), m, k, n);
        }
    }

    /// <summary>c = a × b, all row-major: a is m × k, b is k × n. Each sum runs over k in order.</summary>
    public static void Multiply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int m, int k, int n) where T : unmanaged, INumber<T>
    {
        int width = Vector<T>.Count, row = m & ~3;
        var panel = row == 0 ? [] : new Vector<T>[2 * k];
        int column = 0;
        for (; row > 0 && column + (2 * width) <= n; column += 2 * width)
        {
            // Two vectors of columns, put together, stay near while all rows pass by.
            for (int i = 0; i < k; i++)
                (panel[2 * i], panel[(2 * i) + 1]) = (new Vector<T>(b[((i * n) + column)..]), new Vector<T>(b[((i * n) + column + width)..]));
            for (int r = 0; r < row; r += 4) Block(a.Slice(r * k, 4 * k), panel, c[((r * n) + column)..], n);
        }
        for (; row > 0 && column < n; column++)
            for (int r = 0; r < row; r++) c[(r * n) + column] = Dot(a.Slice(r * k, k), b, column, n);
        for (; row < m; row++)
        {
            Span<T> line = c.Slice(row * n, n);
            line.Clear();
            for (int i = 0; i < k; i++)
            {
                T factor = a[(row * k) + i];
                ReadOnlySpan<T> right = b.Slice(i * n, n);
                column = 0;
                for (; column + width <= n; column += width)
                    (new Vector<T>(line[column..]) + (new Vector<T>(right[column..]) * factor)).CopyTo(line[column..]);
                for (; column < n; column++) line[column] += right[column] * factor;
            }
        }
    }

    /// <summary>Integers less their zero points, of which there is one, or one for every place of an axis.</summary>
    public static OnnxTensor Centred(OnnxTensor x, OnnxTensor? zero, int axis)
    {
        OnnxTensor wide = OnnxUnary.Cast(x, OnnxType.Int64);
        if (zero is null) return wide;
        if (zero.Type != x.Type) throw new OnnxRefusal($"expected a zero point of {x.Type}, got {zero}");
        OnnxTensor points = OnnxUnary.Cast(zero, OnnxType.Int64);
        if (points.Count == 1) points = points.Reshaped();
        else if (points.Rank == 1) points = points.Reshaped([points.Count, .. Enumerable.Repeat(1, x.Rank - 1 - axis)]);
        return OnnxBinary.Apply<OnnxBinary.Difference>(wide, points);
    }

    // The weights of a dense layer are its largest tensor: turned in place of a copy, row by row.
    private static OnnxTensor MatMulTransposed(OnnxCall call, OnnxTensor a, OnnxTensor b)
    {
        if (a.Rank != 2 || b.Rank != 2 || a.Dims[1] != b.Dims[1]) throw new OnnxRefusal($"{a} and {b} have no product");
        int m = a.Dims[0], k = a.Dims[1], n = b.Dims[0], width = Vector<float>.Count;
        OnnxTensor made = OnnxTensor.Zeros(OnnxType.Float, m, n);
        call.Spend((double)made.Count * k);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                ReadOnlySpan<float> x = a.As<float>().Slice(i * k, k), y = b.As<float>().Slice(j * k, k);
                Vector<float> sums = default;
                int at = 0;
                for (; at + width <= k; at += width) sums += new Vector<float>(x[at..]) * new Vector<float>(y[at..]);
                float sum = Vector.Sum(sums);
                for (; at < k; at++) sum += x[at] * y[at];
                made.As<float>()[(i * n) + j] = sum;
            }
        return made;
    }

    private static void Block<T>(ReadOnlySpan<T> a, Vector<T>[] panel, Span<T> c, int n) where T : unmanaged, INumber<T>
    {
        int k = panel.Length / 2, width = Vector<T>.Count;
        Vector<T> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        ReadOnlySpan<T> first = a[..k], second = a.Slice(k, k), third = a.Slice(2 * k, k), fourth = a.Slice(3 * k, k);
        for (int i = 0; i < first.Length; i++)
        {
            Vector<T> x = panel[2 * i], y = panel[(2 * i) + 1];
            a0 += x * first[i];
            a1 += y * first[i];
            b0 += x * second[i];
            b1 += y * second[i];
            c0 += x * third[i];
            c1 += y * third[i];
            d0 += x * fourth[i];
            d1 += y * fourth[i];
        }
        a0.CopyTo(c);
        a1.CopyTo(c[width..]);
        b0.CopyTo(c[n..]);
        b1.CopyTo(c[(n + width)..]);
        c0.CopyTo(c[(2 * n)..]);
        c1.CopyTo(c[((2 * n) + width)..]);
        d0.CopyTo(c[(3 * n)..]);
        d1.CopyTo(c[((3 * n) + width)..]);
    }

    private static T Dot<T>(ReadOnlySpan<T> line, ReadOnlySpan<T> b, int column, int n) where T : INumber<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < line.Length; i++) sum += line[i] * b[(i * n) + column];
        return sum;
    }

    private static OnnxTensor Gemm(OnnxCall call)
    {
        OnnxTensor a = call[0], b = call[1];
        if (a.Rank > 2 && call.OperatorSet < 7) a = a.Reshaped(a.Dims[0], a.Count / a.Dims[0]);
        if (call.Int("transA", 0) != 0) a = OnnxMovement.Permute(a, 1, 0);
        double alpha = call.Float("alpha", 1), beta = call.Float("beta", 1);
        OnnxTensor product = call.Int("transB", 0) == 0 ? MatMul(call, a, b)
            : a.Type == OnnxType.Float && a.Type == b.Type ? MatMulTransposed(call, a, b) : MatMul(call, a, OnnxMovement.Permute(b, 1, 0));
        if (alpha != 1) product = OnnxUnary.Map(product, v => v * alpha);
        if (call.Optional(2) is not { } c) return product;
        if (beta != 1) c = OnnxUnary.Map(c, v => v * beta);
        return OnnxBinary.Apply<OnnxBinary.Sum>(product, c);
    }
}
