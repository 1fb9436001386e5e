using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>The last hash of a message, whose digits say which place of each chain is shown.</summary>
internal static class Codeword
{
    private const int Lanes = 16, Elements = 6, DigitsOfElement = 12, IndexRow = 8, TagRow = 9, RootRow = 10, CounterRow = 15;

    /// <summary>Lays out what does not depend on the counter: digests, row by row, and of one lane its index and root.</summary>
    public static void Prepare<TPermutation>(Compressor<TPermutation> compressor, ReadOnlySpan<F> digests) where TPermutation : struct, IPermutation<F>
    {
        digests.CopyTo(compressor.From(0));
        compressor.From(TagRow)[..Lanes].Fill(F.FromUInt32(HashSignature.CodewordKind));
    }

    public static void SetKey<TPermutation>(Compressor<TPermutation> compressor, int lane, F index, ReadOnlySpan<F> root) where TPermutation : struct, IPermutation<F>
    {
        compressor.From(IndexRow)[lane] = index;
        for (int i = 0; i < root.Length; i++) compressor.From(RootRow + i)[lane] = root[i];
    }

    public static Span<F> Counters<TPermutation>(Compressor<TPermutation> compressor) where TPermutation : struct, IPermutation<F> => compressor.From(CounterRow)[..Lanes];

    public static ReadOnlySpan<F> Run<TPermutation>(Compressor<TPermutation> compressor) where TPermutation : struct, IPermutation<F> => compressor.Run(Elements);

    /// <summary>Whether the digits of a lane's hash sum to the target. Gives up once what is left cannot reach it.</summary>
    public static bool HitsTarget(ReadOnlySpan<F> hash, int lane)
    {
        int sum = 0, left = HashSignature.Chains;
        for (int i = 0; i < Elements; i++)
        {
            uint bits = BitsOf(hash, lane, i);
            bits = (bits & 0x333333) + (bits >> 2 & 0x333333);
            bits = (bits & 0x0F0F0F) + (bits >> 4 & 0x0F0F0F);
            sum += (int)((bits * 0x010101 >> 16) & 0xFF);
            left = Math.Max(0, left - DigitsOfElement);
            if (sum + (HashSignature.Places - 1) * left < HashSignature.TargetSum) return false;
        }
        return sum == HashSignature.TargetSum;
    }

    /// <summary>The digits of a lane's hash, one for each chain.</summary>
    public static void Read(ReadOnlySpan<F> hash, int lane, Span<byte> digits)
    {
        for (int chain = 0; chain < digits.Length; chain++)
            digits[chain] = (byte)(BitsOf(hash, lane, chain / DigitsOfElement) >> 2 * (chain % DigitsOfElement) & (HashSignature.Places - 1));
    }

    // The low 24 bits of an element; of the last one 8, which are 4 digits.
    private static uint BitsOf(ReadOnlySpan<F> hash, int lane, int element) =>
        hash[Lanes * element + lane].ToUInt32() & (element < Elements - 1 ? 0xFFFFFFu : 0xFFu);
}
