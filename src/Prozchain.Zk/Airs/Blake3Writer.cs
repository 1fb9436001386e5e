using System.Numerics;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Zk.Airs.Blake3Columns;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Writes compressions one after the other, each in a block of its eight rows, column by column, which then goes to the trace
/// in runs of eight cells: a trace has a column in every page, and a page a write costs more than the values do.
/// </summary>
internal ref struct Blake3Writer<TField>(Trace<TField> trace) where TField : struct, IField<TField>
{
    private const int Period = Blake3CompressionAir.RowsPerCompression;

    private readonly Span<TField> _block = new TField[Period * Width];
    private readonly uint[] _outputB = new uint[4];
    private int _start;

    /// <summary>The next compression.</summary>
    public void Write(in Blake3Compression input)
    {
        Span<uint> v = stackalloc uint[16];
        Span<uint> m = stackalloc uint[16];
        Span<uint> moved = stackalloc uint[16];
        input.Message.Span.CopyTo(m);
        input.Chaining.Span.CopyTo(v);
        for (int i = 0; i < 4; i++) v[8 + i] = Blake3Core.InitialVector[i];
        (v[12], v[13], v[14], v[15]) = ((uint)input.Counter, (uint)(input.Counter >> 32), input.Length, input.Flags);
        Span<uint> tail = [v[12], v[13], v[14], v[15]];

        for (int round = 0; round < Period; round++)
        {
            for (int i = 0; i < 8; i++) WriteLimbs(Chaining + 2 * i, round, input.Chaining.Span[i]);
            for (int i = 0; i < 4; i++) WriteLimbs(Tail + 2 * i, round, tail[i]);
            for (int i = 0; i < 16; i++) WriteLimbs(Message + 2 * i, round, m[i]);
            for (int i = 0; i < 4; i++)
            {
                WriteBits(A + 32 * i, round, v[i]);
                WriteBits(B + 32 * i, round, v[4 + i]);
                WriteLimbs(C + 2 * i, round, v[8 + i]);
                WriteBits(D + 32 * i, round, v[12 + i]);
            }
            WriteOutput(round, v);
            for (int i = 0; i < 4; i++)
            {
                int to = Column + 2 * i * HalfWidth;
                Half(round, to, ref v[i], ref v[4 + i], ref v[8 + i], ref v[12 + i], m[2 * i], 16, 12);
                Half(round, to + HalfWidth, ref v[i], ref v[4 + i], ref v[8 + i], ref v[12 + i], m[2 * i + 1], 8, 7);
            }
            for (int i = 0; i < 4; i++)
            {
                ref uint b = ref v[4 + (i + 1 & 3)];
                Half(round, Diagonal + i * HalfWidth, ref v[i], ref b, ref v[8 + (i + 2 & 3)], ref v[12 + (i + 3 & 3)], m[8 + 2 * i], 16, 12);
                _outputB[i] = b;
                Half(round, -1, ref v[i], ref b, ref v[8 + (i + 2 & 3)], ref v[12 + (i + 3 & 3)], m[9 + 2 * i], 8, 7);
                WriteLimbs(LastA + 2 * i, round, v[i]);
            }
            for (int i = 0; i < 16; i++) moved[i] = m[Permutation[i]];
            moved.CopyTo(m);
        }
        _block[Period * Count + Period - 1] = TField.FromUInt64(input.Asked);
        for (int i = 0; i < Width; i++) _block.Slice(Period * i, Period).CopyTo(trace.Column(i)[_start..]);
        _start += Period;
    }

    /// <summary>The xor of a and c, with c as the row before knows it: across compressions too; see <see cref="Blake3CompressionAir"/>.</summary>
    private readonly void WriteOutput(int round, ReadOnlySpan<uint> v)
    {
        if (_start + round == 0) return;
        for (int i = 0; i < 4; i++) WriteLimbs(Output + 2 * i, round, v[i] ^ _outputB[i + 2 & 3] ^ BitOperations.RotateLeft(v[4 + (i + 3 & 3)], 7));
    }

    private readonly void Half(int round, int to, ref uint a, ref uint b, ref uint c, ref uint d, uint x, int r, int s)
    {
        a = a + b + x;
        d = BitOperations.RotateRight(d ^ a, r);
        c += d;
        b = BitOperations.RotateRight(b ^ c, s);
        if (to < 0) return;
        WriteLimbs(to + MixedA, round, a);
        WriteBits(to + MixedD, round, d);
        WriteLimbs(to + MixedC, round, c);
        WriteBits(to + MixedB, round, b);
    }

    private readonly void WriteBits(int column, int round, uint word)
    {
        Span<TField> cells = _block.Slice(Period * column, Period * 32);
        for (int i = 0; i < 32; i++) cells[Period * i + round] = (word >> i & 1) == 0 ? TField.Zero : TField.One;
    }

    private readonly void WriteLimbs(int column, int round, uint word)
    {
        Span<TField> cells = _block.Slice(Period * column, Period * 2);
        (cells[round], cells[Period + round]) = (TField.FromUInt64(word & 0xFFFF), TField.FromUInt64(word >> 16));
    }
}
