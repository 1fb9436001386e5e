using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The accounts that a batch touches, where they stand in the state's tree: a row an account, 23 columns, 8 interactions. It receives the account's place and
/// says on <see cref="RollupBuses.AccountToken"/> what the batch makes of the record.
/// </summary>
/// <remarks>
/// Columns: used; the number; the depth of its place, at most 32 of use, and the room behind it (<see cref="RollupBuses.AccountRoom"/>); what of the number lies behind the place, as two
/// limbs of 15 bits, and the high limb of what is left of the room; the record's digest before, 0 for none, and after. The place's limb 1 is number - offset with 0 ≤ offset &lt; room, all in range, and the
/// tree's own rows make it an integer below 2^30 whose bits end where the room begins: so the number is one integer below 2^30, and the place is on its way. All other limbs are zero.
/// <para>That the digest before is a record of this number, and that the one after is too, is vouched for by who holds the token's other end; so an account is never absent here after a batch. A leaf that an
/// insertion pushes deeper is touched like any other, without a change: that is how its number is known.</para>
/// <list type="table">
/// <item><term>another number's place</term><description>"room behind the place" by ranges: offset and room - 1 - offset are not negative, and their sum is no more than 2^30 + 2^15, so that it is room - 1 and not that and the modulus</description></item>
/// <item><term>an account in two places</term><description>both would be on one way, but a place with a leaf has none below it</description></item>
/// </list>
/// Unused rows are zero.
/// </remarks>
internal readonly struct LeavesAir : IAir
{
    private const int Used = 0, Number = 1, Depth = 2, Room = 3, Offset = 4, Left = 6, Before = 7, After = Before + Eight.Length, Width = After + Eight.Length;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "account leaves", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue used = b.Local(Used), one = b.Constant(1), zero = b.Constant(0), radix = b.Constant(Limbs.Radix);
        b.AssertBoolean(used, "used");
        for (int i = Number; i < Width; i++) b.AssertZeroWhen(one - used, b.Local(i), "unused", i);

        TValue offset = b.Local(Offset) + radix * b.Local(Offset + 1), left = b.Local(Room) - one - offset - radix * b.Local(Left);
        InlineArray8<TValue> before = default, after = default;
        NodeCells<TBuilder, TValue>.Read(ref b, Before, before);
        NodeCells<TBuilder, TValue>.Read(ref b, After, after);
        NodeCells<TBuilder, TValue>.Receive(ref b, used, [zero, b.Local(Number) - offset, zero, zero, zero], b.Local(Depth), one, before, after);
        b.Send(RollupBuses.AccountRoom, used, [b.Local(Depth), b.Local(Room)]);
        foreach (TValue value in (ReadOnlySpan<TValue>)[b.Local(Offset), b.Local(Offset + 1), left, b.Local(Left), b.Local(Offset + 1) + b.Local(Left)]) b.Send(Buses.Range(Limbs.Bits), used, [value]);

        Token<TValue> token = default;
        token[0] = b.Local(Number);
        for (int i = 0; i < Eight.Length; i++) (token[1 + i], token[1 + Eight.Length + i]) = (before[i], after[i]);
        b.Send(RollupBuses.AccountToken, used, token);
    }

    /// <summary>The trace.</summary>
    /// <param name="leaves">Accounts in any order.</param>
    /// <param name="asks">Takes what they ask.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(ReadOnlySpan<AccountLeaf> leaves, TrieAsks asks, int leastLogRows = 0)
    {
        var trace = new Trace<F>(Width, CircuitRows.Height(leaves.Length, leastLogRows));
        for (int row = 0; row < leaves.Length; row++)
        {
            AccountLeaf leaf = leaves[row];
            uint room = TriePlace.Room(1, leaf.Depth), offset = leaf.Number % room;
            trace[Used, row] = F.One;
            trace[Number, row] = F.FromUInt32(leaf.Number);
            trace[Depth, row] = F.FromUInt32((uint)leaf.Depth);
            trace[Room, row] = F.FromUInt32(room);
            trace[Offset, row] = F.FromUInt32(offset % Limbs.Radix);
            trace[Offset + 1, row] = F.FromUInt32(offset / Limbs.Radix);
            trace[Left, row] = F.FromUInt32((room - 1 - offset) / Limbs.Radix);
            for (int i = 0; i < Eight.Length; i++) (trace[Before + i, row], trace[After + i, row]) = (leaf.Before[i], leaf.After[i]);
            asks.AccountRooms[leaf.Depth]++;
            asks.Offset(offset, room, isWide: true);
        }
        return trace;
    }

    [InlineArray(1 + 2 * Eight.Length)]
    private struct Token<TValue>
    {
        private TValue _first;
    }
}

/// <summary>A row of <see cref="LeavesAir"/>.</summary>
/// <param name="Number">The account, below 2^30.</param>
/// <param name="Depth">Of its place.</param>
/// <param name="Before">The record's digest; zeros for none.</param>
/// <param name="After">The record's digest after the batch.</param>
internal readonly record struct AccountLeaf(uint Number, int Depth, Eight Before, Eight After);
