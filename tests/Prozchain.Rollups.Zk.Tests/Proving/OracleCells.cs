using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>
/// Poseidon2, but that every codeword's digits sum to the target at the first counter, and that tables take what it gives on trust: a signature, which
/// otherwise costs 2^20 permutations, costs a few hundred, and a table is as narrow as its outputs. All else of rules and tables is as with Poseidon2.
/// </summary>
internal readonly struct OracleCells : IPermutationCells<F>
{
    private const int Lanes = 16, TagRow = 9, DigitsOfElement = 12;

    public static int Width => Poseidon2Width16<KoalaBear>.Width;

    public static int Columns(int outputs) => outputs;

    public static void Permute(Span<F> state)
    {
        Span<F> input = stackalloc F[PermutationCells.Width];
        state.CopyTo(input);
        Poseidon2Width16<KoalaBear>.Permute(state);
        Ease(input, state, 1, 0);
    }

    public static void PermuteTile(Span<F> tile)
    {
        Span<F> input = stackalloc F[Lanes * PermutationCells.Width];
        tile.CopyTo(input);
        Poseidon2Width16<KoalaBear>.PermuteTile(tile);
        for (int lane = 0; lane < Lanes; lane++) Ease(input, tile, Lanes, lane);
    }

    public static void Fill(Trace<F> trace, int at, int row, int rows, int first, int outputs, Span<F> tile)
    {
        PermuteTile(tile);
        for (int i = 0; i < outputs; i++) tile.Slice(Lanes * (first + i), rows).CopyTo(trace.Column(at + i).Slice(row, rows));
    }

    public static void Eval<TBuilder, TValue>(ref TBuilder builder, int at, scoped ReadOnlySpan<TValue> input, int first, scoped Span<TValue> output)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        for (int i = 0; i < output.Length; i++) output[i] = builder.Local(at + i);
    }

    // Raises or lowers digits from the first chain on, as many as it takes.
    private static void Ease(ReadOnlySpan<F> input, Span<F> output, int stride, int lane)
    {
        if (input[stride * TagRow + lane] != F.FromUInt32(HashSignature.CodewordKind)) return;
        Span<uint> words = stackalloc uint[(HashSignature.Chains + DigitsOfElement - 1) / DigitsOfElement];
        for (int i = 0; i < words.Length; i++) words[i] = (output[stride * i + lane] + input[stride * i + lane]).ToUInt32() & 0x3FFF_FFFF;
        int missing = HashSignature.TargetSum;
        for (int chain = 0; chain < HashSignature.Chains; chain++) missing -= Digit(words, chain);
        for (int chain = 0; missing != 0; chain++)
        {
            int digit = Digit(words, chain), eased = Math.Clamp(digit + missing, 0, HashSignature.Places - 1);
            words[chain / DigitsOfElement] ^= (uint)(digit ^ eased) << 2 * (chain % DigitsOfElement);
            missing -= eased - digit;
        }
        for (int i = 0; i < words.Length; i++) output[stride * i + lane] = F.FromUInt32(words[i]) - input[stride * i + lane];
    }

    private static int Digit(ReadOnlySpan<uint> words, int chain) => (int)(words[chain / DigitsOfElement] >> 2 * (chain % DigitsOfElement)) & (HashSignature.Places - 1);
}
