using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Vouches on <see cref="Buses.Words"/> for xor and and of words of 32 bits, by four lookups of bytes in a
/// <see cref="ByteTableAir"/>, which also keeps the bytes in range. Columns: the operation, how often it is asked for, the
/// bytes of a, b and c from the lowest.
/// </summary>
public readonly struct WordOperationsAir : IAir
{
    private const int Operation = 0, Count = 1, A = 2, B = 6, C = 10, Width = 14;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "word operations", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue operation = b.Local(Operation);
        b.AssertBoolean(operation, "operation");
        for (int i = 0; i < 4; i++) b.Send(Buses.Bytes, b.Constant(1), [operation, b.Local(A + i), b.Local(B + i), b.Local(C + i)]);
        b.Receive(Buses.Words, b.Local(Count),
        [
            operation, b.Local(A), b.Local(A + 1), b.Local(A + 2), b.Local(A + 3), b.Local(B), b.Local(B + 1), b.Local(B + 2), b.Local(B + 3),
            b.Local(C), b.Local(C + 1), b.Local(C + 2), b.Local(C + 3),
        ]);
    }

    /// <summary>
    /// The trace of operations, each asked for once; rows beyond them hold the xor of zeros, which nobody asks for. Every
    /// row asks for its bytes: count them in <paramref name="xors"/> and <paramref name="ands"/>.
    /// </summary>
    /// <param name="operations">The operations.</param>
    /// <param name="xors">Counters of the byte table, which are raised.</param>
    /// <param name="ands">Counters of the byte table, which are raised.</param>
    public static Trace<TField> Generate<TField>(ReadOnlySpan<WordOperation> operations, Span<uint> xors, Span<uint> ands) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(Width, TraceTools.Height(operations.Length));
        for (int row = 0; row < trace.Height; row++)
        {
            WordOperation operation = row < operations.Length ? operations[row] : default;
            trace[Operation, row] = operation.IsAnd ? TField.One : TField.Zero;
            trace[Count, row] = row < operations.Length ? TField.One : TField.Zero;
            for (int i = 0; i < 4; i++)
            {
                (byte a, byte b) = ((byte)(operation.Left >> (8 * i)), (byte)(operation.Right >> (8 * i)));
                trace[A + i, row] = TField.FromUInt64(a);
                trace[B + i, row] = TField.FromUInt64(b);
                trace[C + i, row] = TField.FromUInt64((byte)(operation.Result >> (8 * i)));
                (operation.IsAnd ? ands : xors)[(a << 8) | b]++;
            }
        }
        return trace;
    }
}
