using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Zk.Airs.Sha256BlocksColumns;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Writes the trace of <see cref="Sha256BlocksAir"/> block by block, each by columns of its eight rows, which then go to the trace
/// in runs of eight cells: a trace has a column in every page, and a page a write costs more than the values do.
/// </summary>
internal sealed class Sha256BlocksWriter<TField>(Trace<TField> trace) where TField : struct, IField<TField>
{
    private const int Period = Sha256BlocksAir.RowsPerBlock, Schedule = Period * Rounds;

    private readonly TField[] _block = new TField[Period * Width];

    // The words of the schedule, behind those of the last row before.
    private readonly uint[] _words = new uint[Rounds + Schedule];
    private int _start;

    /// <summary>The next block, which moves the state.</summary>
    /// <param name="state">8 words: before, then after.</param>
    /// <param name="bytes">64 bytes.</param>
    /// <param name="isTaken">Whether the state after is anyone's: its carries are then written.</param>
    public void Write(Span<uint> state, ReadOnlySpan<byte> bytes, bool isTaken)
    {
        _words.AsSpan(Schedule).CopyTo(_words);
        Span<uint> w = _words.AsSpan(Rounds), s = stackalloc uint[8];
        state.CopyTo(s);
        for (int t = 0; t < 16; t++) w[t] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * t)..]);
        for (int row = 0; row < Period; row++)
        {
            if (row < 2) WriteBits(CarryW, row, state[row == 0 ? 3 : 7], 32);
            else Extend(row, w);
            for (int i = 0; i < 8; i++)
            {
                WriteLimbs(Input + 2 * i, row, state[i]);
                WordCells before = Before(i);
                if (before.IsBits) WriteBits(before.Column, row, s[i], 32);
                else WriteLimbs(before.Column, row, s[i]);
            }
            WritePartials(row);
            for (int j = 0; j < Rounds; j++)
            {
                uint word = w[Rounds * row + j];
                WriteBits(W + 32 * j, row, word, 32);
                WriteLimbs(Sigma1 + 2 * j, row, Small(word, 17, 19, 10));
                Round(row, j, s, word);
            }
        }
        for (int i = 0; i < 8; i++)
        {
            uint low = (state[i] & 0xFFFF) + (s[i] & 0xFFFF), high = (state[i] >> 16) + (s[i] >> 16) + (low >> 16);
            WriteBits(CarryOut + 2 * i, Period - 1, isTaken ? low >> 16 | high >> 16 << 1 : 0, 2);
            state[i] += s[i];
        }
        for (int i = 0; i < Width; i++) _block.AsSpan(Period * i, Period).CopyTo(trace.Column(i)[_start..]);
        _start += Period;
    }

    /// <summary>The trace's first row follows on its last.</summary>
    public void Finish()
    {
        _words.AsSpan(Schedule).CopyTo(_words);
        for (int j = 0; j < Rounds; j++)
        {
            uint word = 0;
            for (int bit = 31; bit >= 0; bit--) word = 2 * word + (trace[W + 32 * j + bit, 0] == TField.Zero ? 0u : 1);
            _words[Rounds + j] = word;
        }
        WritePartials(0);
        for (int i = Partial; i < Partial + 2 * Rounds; i++) trace[i, 0] = _block[Period * i];
    }

    /// <summary>What the words of the row before, and of the row, give to those of the row after.</summary>
    private void WritePartials(int row)
    {
        ReadOnlySpan<uint> before = _words.AsSpan(Rounds * row, Rounds), here = _words.AsSpan(Rounds * (row + 1), Rounds);
        for (int j = 0; j < Rounds; j++)
        {
            bool isLast = j == Rounds - 1;
            uint sigma0 = Small(isLast ? here[0] : before[j + 1], 7, 18, 3), other = isLast ? 0 : here[j + 1];
            Span<TField> cells = _block.AsSpan(Period * (Partial + 2 * j), 2 * Period);
            cells[row] = TField.FromUInt64((before[j] & 0xFFFF) + (sigma0 & 0xFFFF) + (other & 0xFFFF));
            cells[Period + row] = TField.FromUInt64((before[j] >> 16) + (sigma0 >> 16) + (other >> 16));
        }
    }

    /// <summary>The words of a row from those before, with their carries.</summary>
    private void Extend(int row, Span<uint> w)
    {
        for (int j = 0; j < Rounds; j++)
        {
            int t = Rounds * row + j;
            uint a = Small(w[t - 2], 17, 19, 10), b = w[t - 7], c = Small(w[t - 15], 7, 18, 3), d = w[t - 16];
            uint low = (a & 0xFFFF) + (b & 0xFFFF) + (c & 0xFFFF) + (d & 0xFFFF), high = (a >> 16) + (b >> 16) + (c >> 16) + (d >> 16) + (low >> 16);
            WriteBits(CarryW + 4 * j, row, low >> 16 | high >> 16 << 2, 4);
            w[t] = high << 16 | (low & 0xFFFF);
        }
    }

    private void Round(int row, int j, Span<uint> s, uint word)
    {
        uint sigma1 = Big(s[4], 6, 11, 25), choice = (s[4] & s[5]) ^ (~s[4] & s[6]), constant = Sha256Rounds.Constants[Rounds * row + j];
        uint low = Low(s[3]) + Low(s[7]) + Low(sigma1) + Low(choice) + Low(constant) + Low(word), carry = low >> 16;
        uint high = High(s[3]) + High(s[7]) + High(sigma1) + High(choice) + High(constant) + High(word) + carry, e = high << 16 | Low(low);
        WriteCarryOfE(CarryE + 4 * j, row, carry);
        WriteCarryOfE(CarryE + 4 * j + 2, row, high >> 16);

        // One is added to a carry that may be -1.
        uint sigma0 = Big(s[0], 2, 13, 22), majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        low = 0x10000 + Low(e) - Low(s[3]) + Low(sigma0) + Low(majority);
        high = 0xFFFF + High(e) - High(s[3]) + High(sigma0) + High(majority) + (low >> 16);
        uint a = high << 16 | Low(low);
        WriteBits(CarryA + 4 * j, row, low >> 16 | high >> 16 << 2, 4);
        WriteBits(E + 32 * j, row, e, 32);
        WriteBits(A + 32 * j, row, a, 32);
        s[..7].CopyTo(s[1..]);
        (s[0], s[4]) = (a, e);
    }

    private void WriteCarryOfE(int column, int row, uint carry) =>
        (_block[Period * column + row], _block[Period * (column + 1) + row]) = (TField.FromUInt64(carry & 1), TField.FromUInt64(carry >> 1));

    private void WriteBits(int column, int row, uint word, int bits)
    {
        Span<TField> cells = _block.AsSpan(Period * column, Period * bits);
        for (int i = 0; i < bits; i++) cells[Period * i + row] = (word >> i & 1) == 0 ? TField.Zero : TField.One;
    }

    private void WriteLimbs(int column, int row, uint word)
    {
        Span<TField> cells = _block.AsSpan(Period * column, Period * 2);
        (cells[row], cells[Period + row]) = (TField.FromUInt64(Low(word)), TField.FromUInt64(High(word)));
    }

    private static uint Low(uint word) => word & 0xFFFF;

    private static uint High(uint word) => word >> 16;

    private static uint Big(uint x, int r, int s, int u) => BitOperations.RotateRight(x, r) ^ BitOperations.RotateRight(x, s) ^ BitOperations.RotateRight(x, u);

    private static uint Small(uint x, int r, int s, int u) => BitOperations.RotateRight(x, r) ^ BitOperations.RotateRight(x, s) ^ (x >> u);
}
