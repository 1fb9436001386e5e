using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.DirectoryColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The entries of the directory that a segment reads or makes, a row each: which account a key means. 94 columns, 77 interactions, degree 2.
/// </summary>
/// <remarks>
/// It answers (number, created, key) on <see cref="RollupBuses.Directory"/>, which those who pay to a key ask. An entry that is made was absent in the tree, and is made by exactly one transaction, on <see cref="RollupBuses.Created"/>, and makes exactly one account (<see cref="AccountAir{TCells}"/>): the
/// transactions' table gives numbers in order, and lets nobody pay to a number that is not given yet. An entry never changes. Key and leaf are those of
/// docs/adr/0043-profile-proof.md, section 1: K = H(0x20, 3 ‖ key), leaf = M(K ‖ H(2, number)).
/// <list type="table">
/// <item><term>a key twice, as words and as words + p</term><description>"top": a word whose highest byte is 127 is 127·2^24, the largest there is; one whose highest is above 127 is out of range</description></item>
/// <item><term>an entry made for a key that has one</term><description>its start is 0, which the tree's proof gives only where nothing is</description></item>
/// <item><term>an account without entry, an entry without account</term><description>Created and NewAccount are permutation buses</description></item>
/// </list>
/// </remarks>
internal readonly struct DirectoryAir : IAir
{
    private const int Words = 8, KeyBytes = 32;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "directory", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), zero = b.Constant(0), used = b.Local(Used), created = b.Local(Created);
        b.AssertBoolean(used, "used");
        b.AssertBoolean(created, "created");
        b.AssertZero(Rows.Transition, (one - used) * b.Next(Used), "used rows first");
        for (int i = Created; i < Width; i++) b.AssertZeroWhen(one - used, b.Local(i), "unused", i);

        InlineArray10<TValue> entry = default;
        (entry[0], entry[1]) = (Parts<TBuilder, TValue>(ref b, used), created);
        for (int word = 0; word < Words; word++) entry[2 + word] = Word<TBuilder, TValue>(ref b, word, used);
        b.Receive(RollupBuses.Directory, b.Local(Asked), entry);
        entry[1] = entry[0];
        b.Receive(RollupBuses.Created, created, ((Span<TValue>)entry)[1..], bound: 1);
        b.Send(RollupBuses.NewAccount, created, ((Span<TValue>)entry)[1..]);

        Message<TValue> block = default;
        for (int i = 0; i < 16; i++) block[i] = zero;
        (block[0], block[1]) = (b.Constant(HashWords.DirectoryDomain), b.Constant(HashWords.DirectorySize));
        for (int i = 0; i < Eight.Length; i++) (block[8 + i], block[16 + i]) = (Three<TBuilder, TValue>(ref b, i), b.Local(Middle + i));
        b.Send(RollupBuses.CompressN, used, block);
        for (int i = 0; i < Eight.Length; i++) (block[i], block[8 + i], block[16 + i]) = (b.Local(Middle + i), i < 3 ? Three<TBuilder, TValue>(ref b, 8 + i) : zero, b.Local(Key + i));
        b.Send(RollupBuses.CompressM, used, block);
        for (int i = 0; i < Eight.Length; i++) (block[i], block[8 + i], block[16 + i]) = (zero, zero, b.Local(ValueHash + i));
        (block[0], block[1]) = (b.Constant(HashWords.ValueDomain), b.Constant(HashWords.NumberSize));
        (block[8], block[9]) = (b.Local(Number) + b.Constant(Limbs.Radix) * b.Local(Number + 1), b.Local(Number + 2));
        b.Send(RollupBuses.CompressM, used, block);
        for (int i = 0; i < Eight.Length; i++) (block[i], block[8 + i], block[16 + i]) = (b.Local(Key + i), b.Local(ValueHash + i), b.Local(Leaf + i));
        b.Send(RollupBuses.CompressM, used, block);

        for (int i = 0; i < Eight.Length; i++)
        {
            (TValue before, TValue leaf) = (b.Local(Before + i), b.Local(Leaf + i));
            b.AssertZero(before - (one - created) * leaf, "before", i);
            (block[i], block[8 + i], block[16 + i]) = (b.Local(Key + i), before, leaf);
        }
        b.Send(RollupBuses.CellToken, used, block);
    }

    // The number from its parts, which are asked for in range.
    private static TValue Parts<TBuilder, TValue>(ref TBuilder b, TValue used)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Bus range = Buses.Range(Limbs.Bits);
        TValue low = b.Local(Number), middle = b.Local(Number + 1), high = b.Local(Number + 2);
        b.Send(range, used, [low]);
        b.Send(range, used, [middle]);
        b.Send(range, used, [b.Constant(1 << 6) * middle]);
        b.Send(range, used, [high]);
        b.Send(range, used, [b.Constant(1 << 9) * high]);
        return low + b.Constant(1 << 15) * middle + b.Constant(1 << 24) * high;
    }

    // A word of the key from its bytes, which are asked for in range, the highest below 2^7.
    private static TValue Word<TBuilder, TValue>(ref TBuilder b, int word, TValue used)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Bus range = Buses.Range(Limbs.Bits);
        TValue top = b.Local(Bytes + 4 * word + 3), rest = b.Constant(0), value = b.Constant(0);
        for (int i = 3; i >= 0; i--)
        {
            TValue part = b.Local(Bytes + 4 * word + i);
            value = b.Constant(256) * value + part;
            if (i < 3) rest += part;
            b.Send(range, used, [part]);
            b.Send(range, used, [b.Constant(i == 3 ? 1u << 8 : 1u << 7) * part]);
        }
        TValue isTop = b.Local(IsTop + word), inverse = b.Local(TopInverse + word), lack = top - b.Constant(127);
        b.AssertZeroWhen(isTop, lack, "top", 4 * word);
        b.AssertZero(lack * inverse - used + isTop, "top", 4 * word + 1);
        b.AssertZeroWhen(isTop, inverse, "top", 4 * word + 2);
        b.AssertZeroWhen(isTop, rest, "top", 4 * word + 3);
        return value;
    }

    // A word of three bytes of the address: scheme 3, then the key's bytes.
    private static TValue Three<TBuilder, TValue>(ref TBuilder b, int at)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue sum = b.Constant(0);
        for (int i = 3 * at + 2; i >= 3 * at; i--)
            sum = b.Constant(256) * sum + (i == 0 ? b.Constant(AccountAddress.HashScheme) : i <= KeyBytes ? b.Local(Bytes + i - 1) : b.Constant(0));
        return sum;
    }

    /// <summary>A message of the compressions, or of <see cref="RollupBuses.CellToken"/>.</summary>
    [InlineArray(24)]
    private struct Message<TValue>
    {
        private TValue _first;
    }
}
