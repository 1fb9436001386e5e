using System.Runtime.CompilerServices;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Zk.Airs.Sha256BlocksColumns;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Blocks of a padded file of a public length, one after the other, each with its compression in eight rows of eight rounds:
/// all of them, or a part whose first state or last it exchanges on <see cref="Buses.Sha256States"/>. Degree 3.
/// </summary>
/// <remarks>
/// Public values: the hash as 16 limbs; where the part has the first block, the bytes of the prefix. Sound in fields of a
/// characteristic above 2^20 (docs/air.md says which constraint keeps what). Where a block stands follows from the length, so it is
/// preprocessed. Rows beyond the blocks hold compressions of zeros from the initial state. What makes a row's words of its bits
/// holds on every row, so that it need not be multiplied by a selector: the state before a row is in columns of its own, and the
/// next row's partial sums of the schedule are those of the rows at hand, whether they mean something there or not.
/// </remarks>
internal readonly struct Sha256BlocksAir : IAir
{
    public const int RowsPerBlock = CompressionShares.RowsPerCompression;

    // Preprocessed columns: on the first row of a block, or the last, that it is of this kind.
    private const int Start = 0, Received = 1, First = 2, BeforeLast = 3, Last = 4, Unused = 5, Follows = 6, End = 7, Preprocessed = 8;

    // Periodic columns.
    private const int OnFirst = 0, OnSecond = 1, OnLast = 2, IsBeforeNewWords = 3, K = 4;

    private static readonly ReadOnlyMemory<ulong>[] Periods = MakePeriods();

    private readonly Sha256FileLayout _layout;
    private readonly int _prefix, _first, _count, _leastLogRows;

    /// <param name="layout">How the file is padded.</param>
    /// <param name="prefix">Leading bytes that are public, at most 64 and at most the length.</param>
    /// <param name="first">The part's first block.</param>
    /// <param name="count">Blocks of the part, at least one.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public Sha256BlocksAir(Sha256FileLayout layout, int prefix, int first, int count, int leastLogRows) =>
        (_layout, _prefix, _first, _count, _leastLogRows) = (layout, first == 0 ? prefix : 0, first, count, leastLogRows);

    public AirShape Shape => new()
    {
        Name = "sha-256 blocks",
        Width = Width,
        PreprocessedWidth = Preprocessed,
        Periodic = Periods,
        PublicValues = 16 + _prefix,
        Height = CompressionShares.Height(_count, _leastLogRows),
    };

    private bool HasLast => _first + _count == _layout.Blocks;

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Sha256Rounding<TBuilder, TValue>.Cells(ref b);
        Sha256Rounding<TBuilder, TValue>.Row(ref b, K);
        Sha256Rounding<TBuilder, TValue>.Schedule(ref b, b.Periodic(IsBeforeNewWords));
        Sha256Rounding<TBuilder, TValue>.Step(ref b, b.Constant(1) - b.Periodic(OnLast));
        Sha256Rounding<TBuilder, TValue>.Begin(ref b, b.Periodic(OnFirst), b.Periodic(OnSecond));
        Chain<TBuilder, TValue>(ref b);
        Message<TBuilder, TValue>(ref b);
    }

    /// <summary>A block's first state is the initial one, or what the block before gives, or what another part gives.</summary>
    private void Chain<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Sha256State<TValue> received = default, sent = default;
        (received[16], received[17]) = (b.Constant((ulong)_layout.Length), b.Constant((ulong)_first));
        (sent[16], sent[17]) = (b.Constant((ulong)_layout.Length), b.Constant((ulong)(_first + _count)));
        TValue follows = b.Preprocessed(Follows), end = b.Preprocessed(End), ends = follows + end, carry = default;
        for (int i = 0; i < 16; i++)
        {
            ulong initial = Sha256Rounds.InitialVector[i >> 1] >> (16 * (i & 1)) & 0xFFFF;
            b.AssertZeroWhen(b.Preprocessed(Start), b.Local(Input + i) - b.Constant(initial), "initial state", i);
            TValue sum = b.Local(Input + i) + Words<TBuilder, TValue>.Limb(ref b, After(i >> 1), i & 1);
            if ((i & 1) == 1) sum += carry;
            carry = b.Local(CarryOut + i);
            TValue output = sum - carry * b.Constant(1 << 16), difference = follows * (output - b.Next(Input + i));
            if (HasLast) difference += end * (output - b.Public(i));
            b.AssertZero(Rows.All, difference, "chain", i);
            b.AssertZero(Rows.All, carry - ends * carry, "no carry", i);
            (sent[i], sent[18 + i], received[i], received[18 + i]) = (b.Public(i), output, b.Public(i), b.Local(Input + i));
        }
        if (_first > 0) b.Receive(Buses.Sha256States, b.Preprocessed(Received), received, bound: 1);
        if (!HasLast) b.Send(Buses.Sha256States, end, sent);
    }

    /// <summary>The bytes that everyone knows: prefix and padding; and the words of blocks that are none.</summary>
    private void Message<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        for (int i = 0; i < _prefix; i++) b.AssertZeroWhen(b.Preprocessed(First), Byte<TBuilder, TValue>(ref b, i) - b.Public(16 + i), "prefix", i);
        Span<byte> padded = stackalloc byte[Sha256FileLayout.BlockSize];
        for (int block = Math.Max(0, _layout.Blocks - 2); block < _layout.Blocks; block++)
        {
            if (block < _first || block >= _first + _count) continue;
            bool isLast = block == _layout.Blocks - 1;
            _layout.Pad(block, padded);
            for (int i = _layout.FileBytes(block); i < padded.Length; i++)
                b.AssertZeroWhen(b.Preprocessed(isLast ? Last : BeforeLast), Byte<TBuilder, TValue>(ref b, i) - b.Constant(padded[i]), isLast ? "padding" : "padding before", i);
        }
        for (int i = 0; i < 16; i++)
            b.AssertZeroWhen(b.Preprocessed(Unused), Words<TBuilder, TValue>.Limb(ref b, WordW(i >> 1), i & 1) + Words<TBuilder, TValue>.Limb(ref b, WordW(i >> 1).InNext, i & 1), "unused", i);
    }

    /// <summary>A byte of the message, from a block's first row: the first eight words are in it, the others in the next.</summary>
    private static TValue Byte<TBuilder, TValue>(ref TBuilder b, int i)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        int column = W + 32 * (i / 4 % Rounds) + 8 * (3 - i % 4);
        bool isNext = i / 4 >= Rounds;
        TValue sum = Words<TBuilder, TValue>.Cell(ref b, column + 7, isNext);
        for (int bit = 6; bit >= 0; bit--) sum = sum + sum + Words<TBuilder, TValue>.Cell(ref b, column + bit, isNext);
        return sum;
    }

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int i = 0; i < columns.Height / RowsPerBlock; i++)
        {
            int row = RowsPerBlock * i, block = _first + i, lastRow = row + RowsPerBlock - 1;
            if (i >= _count)
            {
                columns[Start, row] = columns[Unused, row] = TField.One;
                continue;
            }
            if (block == 0) columns[Start, row] = columns[First, row] = TField.One;
            else if (i == 0) columns[Received, row] = TField.One;
            if (block == _layout.Blocks - 2) columns[BeforeLast, row] = TField.One;
            if (block == _layout.Blocks - 1) columns[Last, row] = TField.One;
            columns[i < _count - 1 ? Follows : End, lastRow] = TField.One;
        }
    }

    private static ReadOnlyMemory<ulong>[] MakePeriods()
    {
        var periods = new ulong[K + 2 * Rounds][];
        for (int i = 0; i < periods.Length; i++) periods[i] = new ulong[RowsPerBlock];
        periods[OnFirst][0] = periods[OnSecond][1] = periods[OnLast][RowsPerBlock - 1] = 1;
        for (int row = 1; row < RowsPerBlock - 1; row++) periods[IsBeforeNewWords][row] = 1;
        for (int t = 0; t < RowsPerBlock * Rounds; t++)
        {
            uint constant = Sha256Rounds.Constants[t];
            int column = K + 2 * (t % Rounds), row = t / Rounds;
            (periods[column][row], periods[column + 1][row]) = (constant & 0xFFFF, constant >> 16);
        }
        return [.. periods.Select(period => (ReadOnlyMemory<ulong>)period)];
    }

    /// <summary>A message of <see cref="Buses.Sha256States"/>.</summary>
    [InlineArray(34)]
    private struct Sha256State<TValue>
    {
        private TValue _first;
    }
}
