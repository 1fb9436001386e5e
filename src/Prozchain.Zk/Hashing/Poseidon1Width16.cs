using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Hashing;

/// <summary>Poseidon (eprint 2019/458) of width 16 over KoalaBear (x^3) or BabyBear (x^7).</summary>
/// <remarks>
/// The cryptanalysis of Poseidon over fields of 31 bits is under way (the Ethereum Foundation's initiative ends in December
/// 2026): use it where a circuit must hash, and a byte hash for everything else. Constants are those of the published
/// derivation (Grain LFSR), made at first use; matrices and round numbers as in Plonky3.
/// </remarks>
/// <typeparam name="TParameters">The prime: <see cref="KoalaBear"/> or <see cref="BabyBear"/>; any other is refused at first use.</typeparam>
public readonly struct Poseidon1Width16<TParameters> : IPermutation<Field31<TParameters>> where TParameters : struct, IField31Parameters
{
    /// <inheritdoc/>
    public static int Width => 16;

    /// <inheritdoc/>
    public static void Permute(Span<Field31<TParameters>> state) => Poseidon1Core<TParameters>.Width16.Permute(state);

    /// <inheritdoc/>
    public static void PermuteTile(Span<Field31<TParameters>> tile) => Poseidon1Tile<TParameters>.Permute(Poseidon1Core<TParameters>.Width16, tile);
}
