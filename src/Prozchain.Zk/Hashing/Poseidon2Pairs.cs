using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// The elements of Poseidon2's state whose factors in the internal matrix's diagonal are d and -d, as the lanes of
/// <see cref="Poseidon2Partial{TParameters, TLanes}"/> take them together; factors in Montgomery form.
/// </summary>
internal sealed class Poseidon2Pairs<TParameters> where TParameters : struct, IField31Parameters
{
    public const int MaxCount = 9;

    private readonly Pair[] _pairs;

    public Poseidon2Pairs(ReadOnlySpan<Field31<TParameters>> diagonal)
    {
        var pairs = new List<Pair>();
        // Element 0 is the S-box's and stays apart.
        for (int i = 1; i < diagonal.Length; i++)
        {
            int j = diagonal[i..].IndexOf(-diagonal[i]);
            if (j > 0) pairs.Add(new(i, i + j, Bits(diagonal[i]), Bits((diagonal[i] + diagonal[i]).Inverse())));
        }
        _pairs = [.. pairs];
    }

    public ReadOnlySpan<Pair> All => _pairs;

    private static uint Bits(Field31<TParameters> value) => Unsafe.BitCast<Field31<TParameters>, uint>(value);

    /// <param name="Plus">The element with the factor d.</param>
    /// <param name="Minus">The element with the factor -d.</param>
    /// <param name="Factor">d.</param>
    /// <param name="HalfInverse">1 / (2d).</param>
    public readonly record struct Pair(int Plus, int Minus, uint Factor, uint HalfInverse);
}
