using System.Runtime.CompilerServices;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using static Prozchain.Rollups.Zk.Circuit.SignatureColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The signatures of a segment, one a row: that the key (R, P) signs digest m by its index i (docs/formats/rollups-zk-signature.md). It
/// receives each from <see cref="RollupBuses.Signed"/>, asks <see cref="RollupBuses.CompressN"/> for the codeword, and receives from
/// <see cref="OneTimeKeyAir{TCells}"/> that the values shown are as many steps from their ends as the codeword says, and lead to R. Degree 3.
/// </summary>
/// <remarks>
/// 217 columns and 35 interactions: one row holds all 64 digits, so that the rows of permutations, 94 for each row here, hold none.
/// <list type="table">
/// <item><term>digits not of this message</term><description>the codeword's elements, made of their bits, are asked of
/// <see cref="RollupBuses.CompressN"/> with m, i, R and c; all but c are those of <see cref="RollupBuses.Signed"/>.</description></item>
/// <item><term>an element read as y + p</term><description><c>canonical</c>: where all 7 high bits are 1, the 24 low ones are 0, since
/// p - 1 = 127 · 2^24.</description></item>
/// <item><term>digits that do not sum to 137</term><description><c>sum</c>: the steps are 55.</description></item>
/// <item><term>steps of another signature, a pair twice</term><description><see cref="RollupBuses.KeyDigits"/> is a permutation bus with the number of
/// the signature and of the pair.</description></item>
/// <item><term>one signature for two transactions, or a number twice</term><description><see cref="RollupBuses.Signed"/> is a permutation bus, and
/// transactions send each number at most once.</description></item>
/// <item><term>a tree of fewer than 4 levels or more than 10</term><description><c>level</c>: three bits beyond the least, not all of them 1, give the last
/// level.</description></item>
/// </list>
/// Padding is zero.
/// </remarks>
internal readonly struct SignatureAir : IAir
{
    private const int Pairs = HashSignature.Chains / 2;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "signatures", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue real = b.Local(Real), one = b.Constant(1), unused = one - real;
        b.AssertBoolean(real, "real");
        for (int i = Signature; i < Level; i++) b.AssertZero(unused * b.Local(i), "unused", i);
        // Each bit is 0, or 1 in a row with use.
        for (int i = Level; i < Inverse; i++) b.AssertZero(b.Local(i) * (real - b.Local(i)), "bit", i);
        for (int i = Steps; i < Width; i++) b.AssertZero(b.Local(i) * (real - b.Local(i)), "bit", i);
        b.AssertZero(b.Local(Level) * b.Local(Level + 1) * b.Local(Level + 2), "level");

        TValue sum = b.Constant(0);
        for (int chain = 0; chain < HashSignature.Chains; chain++) sum += StepsOf<TBuilder, TValue>(ref b, chain);
        b.AssertZero(sum - real * b.Constant(HashSignature.Steps), "sum");

        InlineArray6<TValue> codeword = default;
        for (int element = 0; element < Elements; element++)
        {
            TValue low = Low<TBuilder, TValue>(ref b, element), high = b.Constant(0), zeros = real * b.Constant(HighBits);
            for (int i = HighBits - 1; i >= 0; i--)
            {
                TValue bit = b.Local(High + HighBits * element + i);
                high += high + bit;
                zeros -= bit;
            }
            TValue inverse = b.Local(Inverse + element), allOnes = one - zeros * inverse;
            b.AssertZero(zeros * allOnes, "inverse", element);
            b.AssertZero(inverse * allOnes, "no inverse", element);
            b.AssertZero(low * allOnes, "canonical", element);
            codeword[element] = low + high * b.Constant(1 << 2 * Digits);
        }
        Interactions<TBuilder, TValue>(ref b, real, codeword);
    }

    private static TValue StepsOf<TBuilder, TValue>(ref TBuilder b, int chain)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue high = b.Local(Steps + 2 * chain + 1);
        return b.Local(Steps + 2 * chain) + high + high;
    }

    // The low 24 bits of an element, by its digits; the last one has four, and bits without use above.
    private static TValue Low<TBuilder, TValue>(ref TBuilder b, int element)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue low = b.Constant(0), last = b.Local(Real) * b.Constant(HashSignature.Places - 1);
        int first = Digits * element, end = Math.Min(first + Digits, HashSignature.Chains);
        if (element == Elements - 1)
            for (int i = UnusedBits - 1; i >= 0; i--) low += low + b.Local(Unused + i);
        for (int chain = end - 1; chain >= first; chain--) low = low * b.Constant(HashSignature.Places) + (last - StepsOf<TBuilder, TValue>(ref b, chain));
        return low;
    }

    private static void Interactions<TBuilder, TValue>(ref TBuilder b, TValue real, scoped ReadOnlySpan<TValue> codeword)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue signature = b.Local(Signature), index = b.Local(KeyIndex), p0 = b.Local(Parameter), p1 = b.Local(Parameter + 1), p2 = b.Local(Parameter + 2);
        for (int pair = 0; pair < Pairs; pair++)
        {
            TValue first = StepsOf<TBuilder, TValue>(ref b, 2 * pair), second = StepsOf<TBuilder, TValue>(ref b, 2 * pair + 1);
            b.Receive(RollupBuses.KeyDigits, real, [signature, b.Constant((ulong)pair), first, second, p0, p1, p2, index], bound: 1);
        }
        TValue level = b.Constant(HashSignature.LeastHeightForWords - 1);
        for (int i = 0; i < LevelBits; i++) level += b.Local(Level + i) * b.Constant(1UL << i);
        b.Receive(RollupBuses.KeyRoot, real,
            [signature, level, b.Local(Root), b.Local(Root + 1), b.Local(Root + 2), b.Local(Root + 3), b.Local(Root + 4)], bound: 1);

        Fact<TValue> fact = default;
        Span<TValue> message = fact;
        for (int i = 0; i < HashSignature.DigestElements; i++) message[i] = b.Local(Digest + i);
        message[8] = index;
        message[9] = b.Constant(HashSignature.CodewordKind);
        for (int i = 0; i < HashSignature.RootElements + 1; i++) message[10 + i] = b.Local(Root + i);
        codeword.CopyTo(message[16..]);
        (message[22], message[23]) = (b.Local(Spare), b.Local(Spare + 1));
        b.Send(RollupBuses.CompressN, real, message);

        message[0] = signature;
        for (int i = 0; i < HashSignature.RootElements; i++) message[1 + i] = b.Local(Root + i);
        (message[6], message[7], message[8], message[9]) = (p0, p1, p2, index);
        for (int i = 0; i < HashSignature.DigestElements; i++) message[10 + i] = b.Local(Digest + i);
        b.Receive(RollupBuses.Signed, real, message[..RollupBuses.Signed.Length], bound: 1);
    }

    [InlineArray(24)]
    private struct Fact<TValue>
    {
        private TValue _first;
    }
}
