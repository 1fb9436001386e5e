using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.CellColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// What a segment touches under hashed keys, but for the directory: in row 0 the number of accounts, then balances of tokens other than 0 and supplies, a row each. 85
/// columns, 46 interactions, degree 2. Public values: the number of accounts at the segment's start and end.
/// </summary>
/// <remarks>
/// Keys, values and leaves are those of docs/adr/0043-profile-proof.md, section 1, asked of <see cref="RollupBuses.CompressN"/> and
/// <see cref="RollupBuses.CompressM"/>: K = H(tag, ...), leaf = M(K ‖ H(2, value)). A balance or supply stands in <see cref="RollupBuses.Memory"/> as
/// <see cref="CellName"/> names it. That a key has one row in a segment follows from <see cref="TokenAir"/>, and that a cell has one from the key being a function of it.
/// <list type="table">
/// <item><term>a key by other bytes of the same number</term><description>bytes and token are asked for in range, and "account" is below 2^30</description></item>
/// <item><term>a balance of token 0 besides the record's</term><description>token - 1 is asked for in range</description></item>
/// <item><term>other words of the same limbs</term><description>both parts of a split limb are asked for in range, times what makes the bound exact</description></item>
/// <item><term>a value where there is none, or none where there is one</term><description>"absent": nothing is asked or hashed for it, and its leaf is 0; from then on presence is the cell's version in the ledger</description></item>
/// <item><term>another number of accounts</term><description>row 0 is the count in every segment, and its value the public one, below 2^30 - 2^24</description></item>
/// </list>
/// </remarks>
internal readonly struct CellAir : IAir
{
    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "cells", Width = Width, PublicValues = 2 };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), count = b.Local(IsCount), balance = b.Local(IsBalance), supply = b.Local(IsSupply);
        TValue real = count + balance + supply, nextReal = b.Next(IsCount) + b.Next(IsBalance) + b.Next(IsSupply);
        for (int i = 0; i < Kinds; i++) b.AssertBoolean(b.Local(i), "kind", i);
        b.AssertBoolean(real, "real");
        b.AssertEqual(Rows.First, count, one, "count first");
        b.AssertZero(Rows.Transition, b.Next(IsCount), "count first only");
        b.AssertZero(Rows.Transition, (one - real) * nextReal, "real rows first");
        for (int i = Kinds; i < Width; i++) b.AssertZeroWhen(one - real, b.Local(i), "unused", i);
        CountRules<TBuilder, TValue>(ref b, count);
        KeyRules<TBuilder, TValue>(ref b, real);
        Bus range = Buses.Range(Limbs.Bits);
        for (int i = 0; i < Limbs.Count; i++) b.Send(range, real, [b.Local(ValueBefore + i)]);
        for (int i = 0; i < 2; i++) b.Send(range, count, [b.Local(ValueAfter + i)]);
        b.Send(range, count, [b.Local(ValueAfter + 1) + b.Constant(Limbs.Margin)]);
        ValueRules<TBuilder, TValue>(ref b, real, PresentBefore, ValueBefore, LowBefore, ValueHashBefore, LeafBefore);
        ValueRules<TBuilder, TValue>(ref b, real, PresentAfter, ValueAfter, LowAfter, ValueHashAfter, LeafAfter);

        InlineArray16<TValue> cell = default;
        cell[0] = one;
        cell[1] = b.Local(Account) + b.Constant(CellName.SupplyOwner) * supply;
        cell[2] = b.Local(TokenNumber);
        cell[3] = cell[12] = cell[13] = cell[14] = b.Constant(0);
        for (int i = 0; i < Limbs.Count; i++) cell[4 + i] = b.Local(ValueBefore + i);
        cell[15] = b.Local(PresentBefore);
        b.Send(RollupBuses.Memory, balance + supply, cell);
        cell[3] = b.Local(LastTime);
        for (int i = 0; i < Limbs.Count; i++) cell[4 + i] = b.Local(ValueAfter + i);
        cell[15] = b.Local(PresentAfter);
        b.Receive(RollupBuses.Memory, balance + supply, cell, bound: 1);
        Message<TValue> token = default;
        for (int i = 0; i < Eight.Length; i++) (token[i], token[8 + i], token[16 + i]) = (b.Local(Key + i), b.Local(LeafBefore + i), b.Local(LeafAfter + i));
        b.Send(RollupBuses.CellToken, real, token);
    }

    private static void CountRules<TBuilder, TValue>(ref TBuilder b, TValue count)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue radix = b.Constant(Limbs.Radix);
        b.AssertEqual(Rows.First, b.Local(ValueBefore) + radix * b.Local(ValueBefore + 1), b.Public(0), "count", 0);
        b.AssertEqual(Rows.First, b.Local(ValueAfter) + radix * b.Local(ValueAfter + 1), b.Public(1), "count", 1);
        for (int i = 2; i < Limbs.Count; i++)
        {
            b.AssertZeroWhen(count, b.Local(ValueBefore + i), "count is short", 2 * i);
            b.AssertZeroWhen(count, b.Local(ValueAfter + i), "count is short", 2 * i + 1);
        }
        b.AssertZeroWhen(count, b.Constant(1) - b.Local(PresentBefore), "count is there", 0);
        b.AssertZeroWhen(count, b.Constant(1) - b.Local(PresentAfter), "count is there", 1);
        b.AssertZeroWhen(count, b.Local(TokenNumber), "count has no name", 0);
        b.AssertZeroWhen(count, b.Local(LastTime), "count has no name", 1);
    }

    private static void KeyRules<TBuilder, TValue>(ref TBuilder b, TValue real)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), zero = b.Constant(0), balance = b.Local(IsBalance), supply = b.Local(IsSupply), token = b.Local(TokenNumber), supplyToken = b.Local(SupplyToken);
        Bus range = Buses.Range(Limbs.Bits);
        TValue account = zero;
        for (int i = 3; i >= 0; i--)
        {
            TValue part = b.Local(AccountBytes + i);
            account = b.Constant(256) * account + part;
            b.AssertZeroWhen(one - balance, part, "no account", i);
            b.Send(range, balance, [part]);
            // The number is below 2^30, so its highest byte is below 2^6.
            b.Send(range, balance, [b.Constant(i == 3 ? 1u << 9 : 1u << 7) * part]);
        }
        b.AssertEqual(Rows.All, b.Local(Account), account, "account");
        b.AssertZero(supplyToken - supply * token, "supply token");
        b.Send(range, real, [token]);
        b.Send(range, balance, [token - one]);

        Message<TValue> block = default;
        for (int i = 0; i < 16; i++) block[i] = zero;
        (block[0], block[1]) = (b.Constant(HashWords.BalanceDomain), b.Constant(HashWords.BalanceSize));
        // The alias: scheme 4, then the number's bytes from the highest.
        block[8] = b.Constant(AccountAddress.NumberScheme) + b.Constant(1 << 8) * b.Local(AccountBytes + 3) + b.Constant(1 << 16) * b.Local(AccountBytes + 2);
        block[9] = b.Local(AccountBytes + 1) + b.Constant(1 << 8) * b.Local(AccountBytes);
        for (int i = 0; i < Eight.Length; i++)
        {
            TValue middle = b.Local(Middle + i);
            b.AssertZeroWhen(one - balance, middle, "no first block", i);
            block[16 + i] = middle;
        }
        b.Send(RollupBuses.CompressN, balance, block);
        for (int i = 0; i < Eight.Length; i++) (block[i], block[8 + i], block[16 + i]) = (b.Local(Middle + i), zero, b.Local(Key + i));
        block[0] += b.Constant(HashWords.SupplyDomain) * supply + b.Constant(HashWords.CountDomain) * b.Local(IsCount);
        block[1] += b.Constant(HashWords.TokenSize) * supply;
        (block[8], block[11]) = (supplyToken, token - supplyToken);
        b.Send(RollupBuses.CompressM, real, block);
    }

    private static void ValueRules<TBuilder, TValue>(ref TBuilder b, TValue real, int present, int value, int low, int valueHash, int leaf)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), zero = b.Constant(0), isThere = b.Local(present);
        b.AssertBoolean(isThere, "present");
        for (int i = 0; i < Eight.Length; i++)
        {
            b.AssertZeroWhen(one - isThere, b.Local(value + i), "absent value", i);
            b.AssertZeroWhen(one - isThere, b.Local(valueHash + i), "absent hash", i);
            b.AssertZeroWhen(one - isThere, b.Local(leaf + i), "absent leaf", i);
        }
        InlineArray4<TValue> lows = default, highs = default;
        for (int i = 0; i < 4; i++)
        {
            int bits = HashWords.LowBits[i];
            lows[i] = b.Local(low + i);
            highs[i] = b.Constant(F.FromUInt32(1u << bits).Inverse().ToUInt32()) * (b.Local(value + HashWords.SplitLimbs[i]) - lows[i]);
            // limb - 2^bits high is low, whose multiple is below 2^15: as integers too, since both sides are within 2^30 of 0.
            b.Send(Buses.Range(Limbs.Bits), real, [b.Constant(1u << (Limbs.Bits - bits)) * lows[i]]);
            b.Send(Buses.Range(Limbs.Bits), real, [highs[i]]);
        }
        Message<TValue> block = default;
        for (int i = 0; i < 16; i++) block[i] = zero;
        block[0] = b.Constant(HashWords.ValueDomain);
        block[1] = b.Constant(HashWords.AmountSize) - b.Constant(HashWords.AmountSize - HashWords.CountSize) * b.Local(IsCount);
        block[8] = b.Local(value) + b.Constant(1 << 15) * lows[0];
        block[9] = highs[0] + b.Constant(1 << 6) * b.Local(value + 2) + b.Constant(1 << 21) * lows[1];
        block[10] = highs[1] + b.Constant(1 << 12) * lows[2];
        block[11] = highs[2] + b.Constant(1 << 3) * b.Local(value + 5) + b.Constant(1 << 18) * lows[3];
        block[12] = highs[3] + b.Constant(1 << 9) * b.Local(value + 7);
        for (int i = 0; i < Eight.Length; i++) block[16 + i] = b.Local(valueHash + i);
        b.Send(RollupBuses.CompressM, isThere, block);
        for (int i = 0; i < Eight.Length; i++) (block[i], block[8 + i], block[16 + i]) = (b.Local(Key + i), b.Local(valueHash + i), b.Local(leaf + i));
        b.Send(RollupBuses.CompressM, isThere, block);
    }

    /// <summary>A message of the compressions, or of <see cref="RollupBuses.CellToken"/>.</summary>
    [InlineArray(24)]
    private struct Message<TValue>
    {
        private TValue _first;
    }
}
