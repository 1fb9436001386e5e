using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.CellColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Writes the trace of <see cref="CellAir"/>.</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
/// <param name="cells">Rows, the count's included.</param>
/// <param name="asks">Takes the compressions that are asked for.</param>
/// <param name="leastLogRows">log2 of the fewest rows.</param>
internal sealed class CellWriter<TCells>(int cells, CompressionAsks<TCells> asks, int leastLogRows = 0) where TCells : struct, IPermutationCells<F>
{
    private int _row;

    /// <summary>The trace so far.</summary>
    public Trace<F> Trace { get; } = new(Width, CircuitRows.Height(cells, leastLogRows));

    /// <summary>Writes the number of accounts, which is row 0 and comes first.</summary>
    /// <param name="before">At the segment's start.</param>
    /// <param name="after">At its end.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    /// <returns>Key and leaves; the segment is not set.</returns>
    public Token WriteCount(uint before, uint after, Span<uint> asked)
    {
        if (_row != 0) throw new InvalidOperationException("Expected the count before any cell.");
        Trace[IsCount, 0] = F.One;
        Eight key = Name(HashWords.Start(HashWords.CountDomain, 0), default);
        for (int i = 0; i < 2; i++) asked[(int)Limbs.Of(after, i)]++;
        Limbs.AskMargin(after, asked);
        return Finish(key, before, true, after, true, HashWords.CountSize, 0, asked);
    }

    /// <summary>Writes a balance or supply.</summary>
    /// <param name="cell">The cell over the segment, hashed.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    /// <returns>As for <see cref="WriteCount"/>.</returns>
    public Token Write(in LedgerCell cell, Span<uint> asked)
    {
        (CellName name, Eight start, Eight block) = (cell.Name, HashWords.Start(HashWords.SupplyDomain, HashWords.TokenSize), default);
        F token = Trace[TokenNumber, _row] = F.FromUInt32(name.B);
        if (name.IsSupply)
        {
            Trace[IsSupply, _row] = F.One;
            Trace[SupplyToken, _row] = block[0] = token;
        }
        else
        {
            (Trace[IsBalance, _row], Trace[Account, _row]) = (F.One, F.FromUInt32(name.A));
            for (int i = 0; i < 4; i++)
            {
                uint part = name.A >> (8 * i) & 0xFF;
                Trace[AccountBytes + i, _row] = F.FromUInt32(part);
                asked[(int)part]++;
                asked[(int)(part << (i == 3 ? 9 : 7))]++;
            }
            asked[(int)name.B - 1]++;
            Eight alias = Eight.Of(F.FromUInt32(AccountAddress.NumberScheme + ((name.A >> 24) << 8) + ((name.A >> 16 & 0xFF) << 16)),
                F.FromUInt32((name.A >> 8 & 0xFF) + ((name.A & 0xFF) << 8)));
            start = HashWords.Ask(asks, CompressionWindow.N, HashWords.Start(HashWords.BalanceDomain, HashWords.BalanceSize), alias);
            Trace.Write(Middle, _row, start);
            block[3] = token;
        }
        Eight key = Name(start, block);
        return Finish(key, cell.Start.Value, cell.Start.Version != 0, cell.End.Value, cell.End.Version != 0, HashWords.AmountSize, cell.LastTime, asked);
    }

    private Eight Name(in Eight start, in Eight block)
    {
        Eight key = HashWords.Ask(asks, CompressionWindow.M, start, block);
        Trace.Write(Key, _row, key);
        return key;
    }

    private Token Finish(in Eight key, UInt128 before, bool isBefore, UInt128 after, bool isAfter, uint size, uint lastTime, Span<uint> asked)
    {
        asked[(int)Trace[TokenNumber, _row].ToUInt32()]++;
        Limbs.Ask(before, asked);
        Eight start = Value(key, before, isBefore, size, (PresentBefore, ValueBefore, LowBefore, ValueHashBefore, LeafBefore), asked);
        Eight end = Value(key, after, isAfter, size, (PresentAfter, ValueAfter, LowAfter, ValueHashAfter, LeafAfter), asked);
        Trace[LastTime, _row++] = F.FromUInt32(lastTime);
        return new(key, 0, start, end);
    }

    private Eight Value(in Eight key, UInt128 value, bool isThere, uint size, (int Present, int Value, int Low, int Hash, int Leaf) at, Span<uint> asked)
    {
        Trace.WriteLimbs(at.Value, _row, value);
        for (int i = 0; i < 4; i++)
        {
            int bits = HashWords.LowBits[i];
            uint limb = Limbs.Of(value, HashWords.SplitLimbs[i]), low = limb & ((1u << bits) - 1);
            Trace[at.Low + i, _row] = F.FromUInt32(low);
            asked[(int)(low << (Limbs.Bits - bits))]++;
            asked[(int)(limb >> bits)]++;
        }
        if (!isThere) return default;
        Trace[at.Present, _row] = F.One;
        Eight hash = HashWords.Ask(asks, CompressionWindow.M, HashWords.Start(HashWords.ValueDomain, size), HashWords.WordsOf(value));
        Eight leaf = HashWords.Ask(asks, CompressionWindow.M, key, hash);
        Trace.Write(at.Hash, _row, hash);
        Trace.Write(at.Leaf, _row, leaf);
        return leaf;
    }
}
