using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.AccountColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The accounts that a segment touches, one a lane: the record before and after it, each with its digest. 52 columns a lane and two permutations,
/// which are 332 with Poseidon2; 14 interactions a lane; degree 3.
/// </summary>
/// <remarks>
/// The digest of a record is elements 8 to 15 of π(x) + x, x being number, key (8), nonce (2 of 30 bits), next index, balance (4 of 30 bits,
/// each two limbs). A lane gives its cell to <see cref="RollupBuses.Memory"/> at time 0 with version 0, takes it at its last time, answers for the key before with version 0 on
/// <see cref="RollupBuses.Identity"/> and asks there whose key is the last. That an account has one lane in a segment follows from <see cref="TokenAir"/>.
/// <list type="table">
/// <item><term>a record that is not the state's</term><description>"start": its digest goes to <see cref="RollupBuses.AccountToken"/>, and so to whoever gave it</description></item>
/// <item><term>limbs that pack to the same elements</term><description>those before are asked for in range; those after are somebody's after in the ledger</description></item>
/// <item><term>an account out of nothing</term><description>a start of 0 has only a new account, since no record is known whose digest is 0; it has nothing ("new"), and NewAccount is a permutation bus: one for each entry that the directory makes</description></item>
/// <item><term>another key at the end</term><description>only a rotation answers for versions above 0, and the number of rotations is the ledger's</description></item>
/// </list>
/// </remarks>
/// <typeparam name="TCells">The permutation.</typeparam>
internal readonly struct AccountAir<TCells> : IAir where TCells : struct, IPermutationCells<F>
{
    private readonly int _lanes;

    /// <summary>The table with a number of lanes.</summary>
    /// <param name="lanes">1 to 8.</param>
    public AccountAir(int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, 8);
        _lanes = lanes;
    }

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "accounts", Width = _lanes * Stride<TCells>() };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        for (int lane = 0; lane < _lanes; lane++) Lane<TBuilder, TValue>(ref b, lane * Stride<TCells>());
    }

    private static void Lane<TBuilder, TValue>(ref TBuilder b, int at)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), used = b.Local(at + Used), isNew = b.Local(at + IsNew), number = b.Local(at + Number);
        b.AssertBoolean(used, "used");
        b.AssertBoolean(isNew, "is new");
        b.AssertZero(Rows.Transition, (one - used) * b.Next(at + Used), "used rows first");
        for (int i = IsNew; i < Permutations; i++) b.AssertZeroWhen(one - used, b.Local(at + i), "unused", i);
        for (int i = 0; i < 2; i++) b.AssertZeroWhen(isNew, b.Local(at + NonceBefore + i), "new", i);
        b.AssertZeroWhen(isNew, b.Local(at + NextBefore), "new", 2);
        for (int i = 0; i < Limbs.Count; i++) b.AssertZeroWhen(isNew, b.Local(at + BalanceBefore + i), "new", 3 + i);

        Pair<TValue> pair = default;
        InlineArray8<TValue> digest = default;
        Digest<TBuilder, TValue>(ref b, at, KeyBefore, NonceBefore, NextBefore, BalanceBefore, at + Permutations, digest);
        pair[0] = number;
        for (int i = 0; i < Outputs; i++)
        {
            pair[1 + i] = b.Local(at + Start + i);
            b.AssertZero(pair[1 + i] - (used - isNew) * digest[i], "start", i);
        }
        Digest<TBuilder, TValue>(ref b, at, KeyAfter, NonceAfter, NextAfter, BalanceAfter, at + After<TCells>(), digest);
        for (int i = 0; i < Outputs; i++) pair[1 + Outputs + i] = digest[i];

        for (int i = 0; i < Limbs.Count; i++) b.Send(Buses.Range(Limbs.Bits), used, [b.Local(at + BalanceBefore + i)]);
        InlineArray16<TValue> given = default, taken = default;
        given[1] = taken[1] = number;
        given[0] = taken[0] = given[2] = taken[2] = given[3] = given[15] = b.Constant(0);
        (taken[3], taken[15]) = (b.Local(at + LastTime), b.Local(at + LastVersion));
        for (int i = 0; i < Limbs.Count; i++) (given[4 + i], taken[4 + i]) = (b.Local(at + BalanceBefore + i), b.Local(at + BalanceAfter + i));
        for (int i = 0; i < 2; i++) (given[12 + i], taken[12 + i]) = (b.Local(at + NonceBefore + i), b.Local(at + NonceAfter + i));
        (given[14], taken[14]) = (b.Local(at + NextBefore), b.Local(at + NextAfter));
        b.Send(RollupBuses.Memory, used, given);
        b.Receive(RollupBuses.Memory, used, taken, bound: 1);

        InlineArray10<TValue> identity = default;
        (identity[0], identity[1]) = (number, b.Constant(0));
        for (int i = 0; i < Eight.Length; i++) identity[2 + i] = b.Local(at + KeyBefore + i);
        b.Receive(RollupBuses.Identity, b.Local(at + Asked), identity);
        identity[1] = number;
        b.Receive(RollupBuses.NewAccount, isNew, ((Span<TValue>)identity)[1..], bound: 1);
        identity[1] = b.Local(at + LastVersion);
        for (int i = 0; i < Eight.Length; i++) identity[2 + i] = b.Local(at + KeyAfter + i);
        b.Send(RollupBuses.Identity, used, identity);
        b.Send(RollupBuses.AccountToken, used, pair);
    }

    private static void Digest<TBuilder, TValue>(ref TBuilder b, int at, int key, int nonce, int next, int balance, int permutation, scoped Span<TValue> digest)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        InlineArray16<TValue> record = default;
        record[0] = b.Local(at + Number);
        for (int i = 0; i < Eight.Length; i++) record[1 + i] = b.Local(at + key + i);
        (record[9], record[10], record[11]) = (b.Local(at + nonce), b.Local(at + nonce + 1), b.Local(at + next));
        for (int i = 0; i < 4; i++) record[12 + i] = b.Local(at + balance + 2 * i) + b.Constant(Limbs.Radix) * b.Local(at + balance + 2 * i + 1);
        PermutationCells.Compress<TCells, F, TBuilder, TValue>(ref b, permutation, record, FirstOutput, digest);
    }

    /// <summary>A message of <see cref="RollupBuses.AccountToken"/>.</summary>
    [InlineArray(1 + 2 * Outputs)]
    private struct Pair<TValue>
    {
        private TValue _first;
    }
}
