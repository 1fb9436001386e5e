using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Buses of a memory that is split over proofs.</summary>
internal static class MemoryBuses
{
    /// <summary>Shared: account, the segment that left it so, its value.</summary>
    public static readonly Bus Account = new("account", 3, BusKind.Permutation);

    /// <summary>In the proof: account, value before and after.</summary>
    public static readonly Bus Token = new("token", 3, BusKind.Permutation);
}

/// <summary>What a segment takes of the memory and gives back: an early table.</summary>
internal readonly struct TokenAir : IAir
{
    public const int Account = 0, Before = 1, In = 2, Out = 3, Real = 4, Width = 5;

    public AirShape Shape => new() { Name = "tokens", Width = Width, PublicValues = 1 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue account = b.Local(Account), real = b.Local(Real);
        b.AssertBoolean(real, "real");
        b.AssertZero(Rows.Transition, b.Next(Real) * (b.Constant(1) - real), "real first");
        b.Receive(MemoryBuses.Account, real, [account, b.Local(Before), b.Local(In)], 1);
        b.Send(MemoryBuses.Token, real, [account, b.Local(In), b.Local(Out)]);
        b.Send(MemoryBuses.Account, real, [account, b.Public(0), b.Local(Out)]);
    }
}

/// <summary>What a segment does: adds amounts, whose sum is public.</summary>
internal readonly struct StepAir : IAir
{
    public const int Account = 0, In = 1, Out = 2, Amount = 3, Real = 4, Sum = 5, Width = 6;

    public AirShape Shape => new() { Name = "steps", Width = Width, PublicValues = 1 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertBoolean(b.Local(Real), "real");
        b.AssertEqual(Rows.All, b.Local(Out), b.Local(In) + b.Local(Amount), "added");
        b.AssertEqual(Rows.First, b.Local(Sum), b.Local(Amount), "first");
        b.AssertEqual(Rows.Transition, b.Next(Sum), b.Local(Sum) + b.Next(Amount), "sum");
        b.AssertEqual(Rows.Last, b.Local(Sum), b.Public(0), "total");
        b.Receive(MemoryBuses.Token, b.Local(Real), [b.Local(Account), b.Local(In), b.Local(Out)], 1);
    }
}

/// <summary>The memory before and after all segments, an early table alone: its messages read next rows and preprocessed ones, and its constraints do not.</summary>
internal readonly struct LedgerAir(int logAccounts) : IAir
{
    public const int Old = 0, Segment = 1, New = 2, Sum = 3, Width = 4;

    public AirShape Shape => new() { Name = "ledger", Width = Width, PreprocessedWidth = 1, PublicValues = 1, Height = 1 << logAccounts };

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < columns.Height; row++) columns[0, row] = TField.FromUInt64((ulong)row + 100);
    }

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.First, b.Local(Sum), b.Local(New), "first");
        b.AssertEqual(Rows.Transition, b.Next(Sum), b.Local(Sum) + b.Next(New), "sum");
        b.AssertEqual(Rows.Last, b.Local(Sum), b.Public(0), "total");
        b.Send(MemoryBuses.Account, b.Constant(1), [b.PreprocessedNext(0), b.Constant(0), b.Next(Old)]);
        b.Receive(MemoryBuses.Account, b.Constant(1), [b.PreprocessedNext(0), b.Next(Segment), b.Next(New)], 1);
    }
}
