using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests.Air;

/// <summary>"I know bytes whose sum is S", S public: the tutorial of docs/air.md.</summary>
public readonly struct SumOfBytesAir : IAir
{
    private const int Value = 0, Sum = 1;

    public AirShape Shape => new() { Name = "sum of bytes", Width = 2, PublicValues = 1 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.First, b.Local(Sum), b.Local(Value), "start");
        b.AssertEqual(Rows.Transition, b.Next(Sum), b.Local(Sum) + b.Next(Value), "step");
        b.AssertEqual(Rows.Last, b.Local(Sum), b.Public(0), "total");
        b.Send(Buses.ByteRange, b.Constant(1), [b.Local(Value)]);
    }

    public static Trace<TField> Generate<TField>(ReadOnlySpan<byte> values, Span<uint> asked) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(width: 2, height: values.Length);
        TField sum = TField.Zero;
        for (int row = 0; row < values.Length; row++)
        {
            TField value = TField.FromUInt64(values[row]);
            (trace[Value, row], trace[Sum, row]) = (value, sum += value);
            asked[values[row]]++;
        }
        return trace;
    }
}
