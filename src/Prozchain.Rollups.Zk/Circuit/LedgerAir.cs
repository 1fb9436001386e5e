using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.LedgerColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The changes of the cells of a segment, a row each in any order: what a transaction asks on <see cref="RollupBuses.Change"/> is done to what
/// the cell held before. 58 columns, 14 interactions, degree 3.
/// </summary>
/// <remarks>
/// A row takes the cell as it was at its time before from <see cref="RollupBuses.Memory"/> and gives it back as it is from its own time on. A cell is
/// given once at time 0, and taken once at its last time, by the table that knows its digest. Since times rise, and no two changes have one, the rows of a
/// cell are one chain from that row to that row.
/// The mode's number in a change is mode + 8 signer + 16 sender + 32 rotate, <see cref="LedgerMode"/>.
/// <list type="table">
/// <item><term>a value from nowhere, an old one, one of the future</term><description>Memory balances; "time" is in range: time - time before - 1 is below 2^15, and times of given values are at most that</description></item>
/// <item><term>a value that wraps around</term><description>"limb": before is somebody's after, after is asked for in range, carries are "carry" and the last is only that of mode over</description></item>
/// <item><term>money that nobody had</term><description>"limb": debits and credits carry limbs of the transaction, the same in all its changes</description></item>
/// <item><term>a wrong "insufficient"</term><description>"limb" in mode short: before + after + 1 = amount</description></item>
/// <item><term>an index used before, or skipped backwards</term><description>"skipped": it is so many above the next one, which is asked for in range with a bit 15 ("index bit"); what is posted says how many</description></item>
/// <item><term>a nonce that stays or jumps</term><description>"nonce carry" and "nonce inverse": it carries at 2^30 - 1 and nowhere else</description></item>
/// <item><term>a key of before a rotation</term><description>"version seen": the transaction is told the version of the cell</description></item>
/// <item><term>a value for which nobody was there</term><description>"version after": under a hashed key there is a value from the first debit or credit on</description></item>
/// </list>
/// </remarks>
internal readonly struct LedgerAir : IAir
{
    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "ledger", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), real = b.Local(Debit), nextReal = b.Next(Debit);
        for (int i = 1; i < Modes; i++) (real, nextReal) = (real + b.Local(Debit + i), nextReal + b.Next(Debit + i));
        for (int i = 0; i < Modes; i++) b.AssertBoolean(b.Local(Debit + i), "mode", i);
        b.AssertBoolean(real, "real");
        b.AssertZero(Rows.Transition, (one - real) * nextReal, "real rows first");
        for (int i = 0; i < Width; i++)
        {
            if (i is < Debit or >= Debit + Modes) b.AssertZeroWhen(one - real, b.Local(i), "unused", i);
        }
        Amounts<TBuilder, TValue>(ref b);
        Signers<TBuilder, TValue>(ref b, one);
        Messages<TBuilder, TValue>(ref b, real);
    }

    private static void Amounts<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue debit = b.Local(Debit), up = b.Local(Credit) + b.Local(Over), shorter = b.Local(Short), read = b.Local(Read), radix = b.Constant(Limbs.Radix);
        // Mode short says before < amount: its first carry in is the 1.
        TValue carry = shorter;
        for (int i = 0; i < Limbs.Count; i++)
        {
            TValue before = b.Local(Before + i), after = b.Local(After + i), amount = b.Local(Amount + i);
            TValue carryOut = i == Limbs.Count - 1 ? b.Local(Over) : b.Local(Carry + i);
            b.AssertZero(debit * (after + amount - before) + up * (before + amount - after) + shorter * (before + after - amount) + carry - radix * carryOut, "limb", i);
            b.AssertZeroWhen(read, after - before, "read after", i);
            b.AssertZeroWhen(read, amount - before, "read amount", i);
            if (i < Limbs.Count - 1) b.AssertBoolean(b.Local(Carry + i), "carry", i);
            carry = carryOut;
        }
    }

    private static void Signers<TBuilder, TValue>(ref TBuilder b, TValue one)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue signer = b.Local(Signer), sender = b.Local(Sender), rotate = b.Local(Rotate), read = b.Local(Read), hashed = b.Local(Hashed);
        b.AssertBoolean(hashed, "hashed");
        for (int i = Signer; i <= Rotate; i++) b.AssertBoolean(b.Local(i), "signer", i - Signer);
        b.AssertZeroWhen(signer, one - b.Local(Debit), "signer debits");
        b.AssertZeroWhen(signer, hashed, "signer has a record");
        b.AssertZeroWhen(sender, one - signer, "sender signs");
        b.AssertZeroWhen(rotate, one - sender, "rotation is sent");

        TValue carry = b.Local(NonceCarry), inverse = b.Local(NonceInverse), untilCarry = b.Local(Nonce) - b.Constant(Limbs.NonceRadix - 1);
        b.AssertZeroWhen(carry, untilCarry, "nonce carry");
        b.AssertZero(untilCarry * inverse - sender + carry, "nonce inverse", 0);
        b.AssertZeroWhen(carry, inverse, "nonce inverse", 1);
        b.AssertZeroWhen(one - sender, inverse, "nonce inverse", 2);
        for (int i = 0; i < 2; i++) b.AssertZero(b.Local(NonceSeen + i) - (sender + read) * b.Local(Nonce + i), "nonce seen", i);

        TValue index = b.Local(IndexBefore), seen = b.Local(IndexSeen), high = b.Local(SkippedHigh);
        b.AssertZero((one - signer) * seen - read * index, "index seen");
        b.AssertZero(b.Local(IndexAfter) - index - signer * (seen - index) + rotate * seen, "index after");
        b.AssertZero(b.Local(Skipped) - signer * (seen - index - one), "skipped");
        b.AssertBoolean(high, "index bit", 0);
        b.AssertZeroWhen(one - signer, high, "index bit", 1);

        TValue version = b.Local(VersionBefore);
        b.AssertZero(b.Local(VersionSeen) - (signer + read) * version, "version seen");
        b.AssertZero(b.Local(VersionAfter) - version - rotate - hashed * (b.Local(Debit) + b.Local(Credit)) * (one - version), "version after");
    }

    private static void Messages<TBuilder, TValue>(ref TBuilder b, TValue real)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue time = b.Local(Time), before = b.Local(TimeBefore), one = b.Constant(1);
        Bus range = Buses.Range(Limbs.Bits);
        for (int i = 0; i < Limbs.Count; i++) b.Send(range, real, [b.Local(After + i)]);
        b.Send(range, real, [time - before - one]);
        b.Send(range, b.Local(Signer), [b.Local(Skipped) - b.Constant(Limbs.Radix) * b.Local(SkippedHigh)]);

        Cell<TValue> taken = default, given = default;
        for (int i = 0; i < 3; i++) taken[i] = given[i] = b.Local(Hashed + i);
        (taken[3], given[3]) = (before, time);
        for (int i = 0; i < Limbs.Count; i++) taken[4 + i] = given[4 + i] = b.Local(Before + i);
        (taken[12], taken[13], taken[14], taken[15]) = (b.Local(Nonce), b.Local(Nonce + 1), b.Local(IndexBefore), b.Local(VersionBefore));
        given[12] = taken[12] + b.Local(Sender) - b.Constant(Limbs.NonceRadix) * b.Local(NonceCarry);
        (given[13], given[14], given[15]) = (taken[13] + b.Local(NonceCarry), b.Local(IndexAfter), b.Local(VersionAfter));
        b.Receive(RollupBuses.Memory, real, taken, bound: 1);
        // Two for one, so that no message is of degree 2: what it was stays, or becomes after.
        b.Send(RollupBuses.Memory, b.Local(Short) + b.Local(Over) + b.Local(Read), given);
        for (int i = 0; i < Limbs.Count; i++) given[4 + i] = b.Local(After + i);
        b.Send(RollupBuses.Memory, b.Local(Debit) + b.Local(Credit), given);

        Fact<TValue> fact = default;
        TValue mode = b.Constant(8) * b.Local(Signer) + b.Constant(16) * b.Local(Sender) + b.Constant(32) * b.Local(Rotate);
        for (int i = 1; i < Modes; i++) mode += b.Constant((ulong)i) * b.Local(Debit + i);
        (fact[0], fact[1], fact[2], fact[3], fact[4]) = (time, b.Local(Hashed), b.Local(A), b.Local(B), mode);
        for (int i = 0; i < Limbs.Count; i++) fact[5 + i] = b.Local(Amount + i);
        (fact[13], fact[14], fact[15], fact[16]) = (b.Local(NonceSeen), b.Local(NonceSeen + 1), b.Local(IndexSeen), b.Local(Skipped));
        fact[17] = b.Local(VersionSeen);
        b.Receive(RollupBuses.Change, real, fact, bound: 1);
    }

    /// <summary>A message of <see cref="RollupBuses.Memory"/>.</summary>
    [InlineArray(16)]
    private struct Cell<TValue>
    {
        private TValue _first;
    }

    /// <summary>A message of <see cref="RollupBuses.Change"/>.</summary>
    [InlineArray(18)]
    private struct Fact<TValue>
    {
        private TValue _first;
    }
}
