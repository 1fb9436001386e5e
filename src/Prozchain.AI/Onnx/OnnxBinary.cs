using System.Numerics;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Operators of two tensors, element by element, broadcast: floats in double precision rounded once, integers in 64 bits wrapped.</summary>
internal static class OnnxBinary
{
    public static void Register(OnnxOperators table)
    {
        table.Add("Add", c => Apply<Sum>(c));
        table.Add("Sub", c => Apply<Difference>(c));
        table.Add("Mul", c => Apply<Product>(c));
        table.Add("Div", c => Apply<Quotient>(c));
        table.Add("Mod", c => c.Int("fmod", 0) == 0 ? Apply<FloorRemainder>(c) : Apply<Remainder>(c));
        table.Add("PRelu", c => Apply<Slope>(c, oneWay: true));
        table.Add("Pow", c => Power(c[0], c[1], c));
        table.Add("Max", c => Fold<Greatest>(c));
        table.Add("Min", c => Fold<Least>(c));
        table.Add("Sum", c => Fold<Sum>(c));
        table.Add("Mean", c => Mean(c));
        table.Add("Equal", c => Test<Same>(c));
        table.Add("Less", c => Test<Below>(c));
        table.Add("Greater", c => Test<Above>(c));
        table.Add("LessOrEqual", c => Test<NotAbove>(c));
        table.Add("GreaterOrEqual", c => Test<NotBelow>(c));
        table.Add("And", c => Logic(c, (a, b) => a & b));
        table.Add("Or", c => Logic(c, (a, b) => a | b));
        table.Add("Xor", c => Logic(c, (a, b) => a ^ b));
        table.Add("BitwiseAnd", c => Bits(c, (a, b) => a & b));
        table.Add("BitwiseOr", c => Bits(c, (a, b) => a | b));
        table.Add("BitwiseXor", c => Bits(c, (a, b) => a ^ b));
        table.Add("BitShift", c => c.Text("direction", "") == "LEFT" ? Bits(c, (a, b) => b > 63 ? 0 : a << (int)b) : Bits(c, (a, b) => b > 63 ? 0 : (long)((ulong)a >> (int)b)));
        table.Add("Where", Where);
    }

    public static OnnxTensor Apply<TOperation>(OnnxTensor a, OnnxTensor b) where TOperation : IOperation
    {
        if (a.Type != b.Type) throw new OnnxRefusal($"expected one type, got {a.Type} and {b.Type}");
        int[] shape = OnnxShapes.Broadcast(a.Dims, b.Dims);
        if (a.Type.IsFloat()) return OnnxTensor.FromDoubles(a.Type, shape, Run(a.Doubles(), b.Doubles(), a, b, shape, TOperation.Of));
        if (a.Type != OnnxType.UInt64) return OnnxTensor.FromLongs(a.Type, shape, Run(a.Longs(), b.Longs(), a, b, shape, TOperation.Of));
        ulong[] unsigned = Run(a.As<ulong>().ToArray(), b.As<ulong>().ToArray(), a, b, shape, TOperation.Of);
        return OnnxTensor.FromLongs(a.Type, shape, Array.ConvertAll(unsigned, v => (long)v));
    }

    // Sets before 7 broadcast the second operand only when asked to, and then from a named axis on.
    private static OnnxTensor Apply<TOperation>(OnnxCall call, bool oneWay = false) where TOperation : IOperation
    {
        (OnnxTensor a, OnnxTensor b) = (call[0], call[1]);
        if (oneWay && call.OperatorSet < 7 && b.Rank == 1 && b.Count > 1 && a.Rank > 1) b = b.Reshaped([b.Count, .. Enumerable.Repeat(1, a.Rank - 2)]);
        else if (call.OperatorSet < 7 && call.Has("axis") && b.Rank > 0)
        {
            int axis = a.Axis(call.Int("axis", 0)), behind = a.Rank - axis - b.Rank;
            if (behind < 0) throw new OnnxRefusal($"axis {axis} leaves no room for {b}");
            b = b.Reshaped([.. b.Dims, .. Enumerable.Repeat(1, behind)]);
        }
        return Apply<TOperation>(a, b);
    }

    private static OnnxTensor Fold<TOperation>(OnnxCall call) where TOperation : IOperation =>
        call.All() is { Length: > 0 } all ? all.Aggregate(Apply<TOperation>) : throw new OnnxRefusal("input 0 is missing");

    private static OnnxTensor Mean(OnnxCall call)
    {
        OnnxTensor sum = Fold<Sum>(call);
        return OnnxTensor.FromDoubles(sum.Type, sum.Dims, Array.ConvertAll(sum.Doubles(), v => v / call.InputCount));
    }

    private static OnnxTensor Test<TOperation>(OnnxCall call) where TOperation : ITest
    {
        (OnnxTensor a, OnnxTensor b) = (call[0], call[1]);
        if (a.Type != b.Type) throw new OnnxRefusal($"expected one type, got {a.Type} and {b.Type}");
        int[] shape = OnnxShapes.Broadcast(a.Dims, b.Dims);
        long[] values = a.Type.IsFloat() ? Run(a.Doubles(), b.Doubles(), a, b, shape, (x, y) => TOperation.Of(x, y) ? 1L : 0)
            : a.Type != OnnxType.UInt64 ? Run(a.Longs(), b.Longs(), a, b, shape, (x, y) => TOperation.Of(x, y) ? 1L : 0)
            : Run(a.As<ulong>().ToArray(), b.As<ulong>().ToArray(), a, b, shape, (x, y) => TOperation.Of(x, y) ? 1L : 0);
        return OnnxTensor.FromLongs(OnnxType.Bool, shape, values);
    }

    private static OnnxTensor Logic(OnnxCall call, Func<long, long, long> operation) =>
        call[0].Type == OnnxType.Bool ? Bits(call, operation) : throw new OnnxRefusal($"expected {OnnxType.Bool}, got {call[0].Type}");

    private static OnnxTensor Bits(OnnxCall call, Func<long, long, long> operation)
    {
        (OnnxTensor a, OnnxTensor b) = (call[0], call[1]);
        if (a.Type != b.Type || a.Type.IsFloat()) throw new OnnxRefusal($"expected one integer type, got {a.Type} and {b.Type}");
        int[] shape = OnnxShapes.Broadcast(a.Dims, b.Dims);
        return OnnxTensor.FromLongs(a.Type, shape, Run(a.Longs(), b.Longs(), a, b, shape, operation));
    }

    private static OnnxTensor Power(OnnxTensor a, OnnxTensor b, OnnxCall call)
    {
        if (call.OperatorSet < 7 && call.Has("axis")) throw new OnnxRefusal("broadcasting along a named axis is not offered");
        int[] shape = OnnxShapes.Broadcast(a.Dims, b.Dims);
        if (a.Type.IsFloat() || b.Type.IsFloat()) return OnnxTensor.FromDoubles(a.Type, shape, Run(a.Doubles(), b.Doubles(), a, b, shape, Math.Pow));
        return OnnxTensor.FromLongs(a.Type, shape, Run(a.Longs(), b.Longs(), a, b, shape, Power));
    }

    private static long Power(long value, long exponent)
    {
        if (exponent < 0) return value is 1 or -1 ? (exponent & 1) == 0 ? 1 : value : 0;
        long result = 1;
        for (; exponent > 0; exponent >>= 1, value *= value)
            if ((exponent & 1) != 0) result *= value;
        return result;
    }

    private static OnnxTensor Where(OnnxCall call)
    {
        (OnnxTensor test, OnnxTensor a, OnnxTensor b) = (call[0], call[1], call[2]);
        if (test.Type != OnnxType.Bool || a.Type != b.Type) throw new OnnxRefusal($"expected a boolean and one type, got {test.Type}, {a.Type} and {b.Type}");
        int[] shape = OnnxShapes.Broadcast(OnnxShapes.Broadcast(test.Dims, a.Dims), b.Dims);
        OnnxTensor made = OnnxTensor.Zeros(a.Type, shape);
        int[]? testMap = OnnxShapes.Map(test.Dims, shape), aMap = OnnxShapes.Map(a.Dims, shape), bMap = OnnxShapes.Map(b.Dims, shape);
        int size = OnnxTensor.ElementSize(a.Type);
        for (int i = 0; i < made.Count; i++)
        {
            bool first = test.Data[testMap?[i] ?? i] != 0;
            int at = first ? aMap?[i] ?? i : bMap?[i] ?? i;
            (first ? a : b).Data.AsSpan(at * size, size).CopyTo(made.Data.AsSpan(i * size));
        }
        return made;
    }

    private static TOut[] Run<TIn, TOut>(TIn[] x, TIn[] y, OnnxTensor a, OnnxTensor b, int[] shape, Func<TIn, TIn, TOut> operation)
    {
        int count = OnnxShapes.Product(shape);
        int[]? aMap = OnnxShapes.Map(a.Dims, shape), bMap = OnnxShapes.Map(b.Dims, shape);
        var values = new TOut[count];
        for (int i = 0; i < count; i++) values[i] = operation(x[aMap is null ? i : aMap[i]], y[bMap is null ? i : bMap[i]]);
        return values;
    }

    internal interface IOperation
    {
        static abstract T Of<T>(T a, T b) where T : INumber<T>;
    }

    internal interface ITest
    {
        static abstract bool Of<T>(T a, T b) where T : INumber<T>;
    }

    internal readonly struct Sum : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => a + b; }

    internal readonly struct Difference : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => a - b; }

    internal readonly struct Product : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => a * b; }

    internal readonly struct Quotient : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => a / b; }

    internal readonly struct Remainder : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => a % b; }

    internal readonly struct Greatest : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => T.Max(a, b); }

    internal readonly struct Least : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => T.Min(a, b); }

    internal readonly struct Slope : IOperation { public static T Of<T>(T a, T b) where T : INumber<T> => a < T.Zero ? a * b : a; }

    internal readonly struct FloorRemainder : IOperation
    {
        public static T Of<T>(T a, T b) where T : INumber<T>
        {
            T rest = a % b;
            return T.IsZero(rest) || T.IsNegative(rest) == T.IsNegative(b) ? rest : rest + b;
        }
    }

    internal readonly struct Same : ITest { public static bool Of<T>(T a, T b) where T : INumber<T> => a == b; }

    internal readonly struct Below : ITest { public static bool Of<T>(T a, T b) where T : INumber<T> => a < b; }

    internal readonly struct Above : ITest { public static bool Of<T>(T a, T b) where T : INumber<T> => a > b; }

    internal readonly struct NotAbove : ITest { public static bool Of<T>(T a, T b) where T : INumber<T> => a <= b; }

    internal readonly struct NotBelow : ITest { public static bool Of<T>(T a, T b) where T : INumber<T> => a >= b; }
}
