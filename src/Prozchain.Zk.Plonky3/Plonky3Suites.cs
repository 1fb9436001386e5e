using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Circle;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Stark;

namespace Prozchain.Zk.Plonky3;

/// <summary>The suites of the profile.</summary>
public static class Plonky3Suites
{
    /// <summary>KoalaBear with x^4 - 3.</summary>
    public static Plonky3Suite<Field31<KoalaBear>, Extension<Field31<KoalaBear>, KoalaBear4>> KoalaBear(Plonky3Hash hash) => Create<KoalaBear, Extension<Field31<KoalaBear>, KoalaBear4>>(hash);

    /// <summary>BabyBear with x^4 - 11.</summary>
    public static Plonky3Suite<Field31<BabyBear>, Extension<Field31<BabyBear>, BabyBear4>> BabyBear(Plonky3Hash hash) => Create<BabyBear, Extension<Field31<BabyBear>, BabyBear4>>(hash);

    /// <summary>KoalaBear with Poseidon2 of other constants, for rows, nodes and transcript.</summary>
    public static Plonky3Suite<Field31<KoalaBear>, Extension<Field31<KoalaBear>, KoalaBear4>> KoalaBear(Plonky3Poseidon2 constants) =>
        OfConstants<KoalaBear, Extension<Field31<KoalaBear>, KoalaBear4>>(constants, 3);

    /// <summary>BabyBear with Poseidon2 of other constants, for rows, nodes and transcript.</summary>
    public static Plonky3Suite<Field31<BabyBear>, Extension<Field31<BabyBear>, BabyBear4>> BabyBear(Plonky3Poseidon2 constants) =>
        OfConstants<BabyBear, Extension<Field31<BabyBear>, BabyBear4>>(constants, 7);

    /// <summary>
    /// Mersenne31 with x^3 - 5 over the circle, Keccak-256: for constraints of degree 2 and 4 rows or more, without hiding, with folds by 2 to a constant.
    /// </summary>
    public static Plonky3Suite<Mersenne31, Extension<Mersenne31, Mersenne3>> Mersenne31Circle() => new(
        new CirclePcs<Extension<Mersenne31, Mersenne3>>(), new KeccakBytesHash<Mersenne31>(), () => new ByteChallenger<Mersenne31, Extension<Mersenne31, Mersenne3>>());

    private static Plonky3Suite<Field31<TPrime>, TExt> Create<TPrime, TExt>(Plonky3Hash hash)
        where TPrime : struct, IField31Parameters
        where TExt : unmanaged, IExtensionField<TExt, Field31<TPrime>>
    {
        var narrow = new PublishedPermutation<Field31<TPrime>, Poseidon2Width16<TPrime>>();
        return hash switch
        {
            Plonky3Hash.KeccakBytes => OfBytes<TPrime, TExt>(new KeccakBytesHash<Field31<TPrime>>()),
            Plonky3Hash.KeccakLanes => OfBytes<TPrime, TExt>(new KeccakLanesHash<Field31<TPrime>>()),
            Plonky3Hash.Poseidon2Width16 => OfPermutations<TPrime, TExt>(narrow, narrow),
            Plonky3Hash.Poseidon2Width24 => OfPermutations<TPrime, TExt>(new PublishedPermutation<Field31<TPrime>, Poseidon2Width24<TPrime>>(), narrow),
            _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, "Expected a hash of the profile."),
        };
    }

    private static Plonky3Suite<Field31<TPrime>, TExt> OfBytes<TPrime, TExt>(TreeHash<Field31<TPrime>> hash)
        where TPrime : struct, IField31Parameters
        where TExt : unmanaged, IExtensionField<TExt, Field31<TPrime>> =>
        new(new TwoAdicPcs<Field31<TPrime>, TExt>(), hash, () => new ByteChallenger<Field31<TPrime>, TExt>());

    private static Plonky3Suite<Field31<TPrime>, TExt> OfPermutations<TPrime, TExt>(FieldPermutation<Field31<TPrime>> leaf, FieldPermutation<Field31<TPrime>> node)
        where TPrime : struct, IField31Parameters
        where TExt : unmanaged, IExtensionField<TExt, Field31<TPrime>> =>
        new(new TwoAdicPcs<Field31<TPrime>, TExt>(), new SpongeHash<Field31<TPrime>>(leaf, node), () => new DuplexChallenger<Field31<TPrime>, TExt>(leaf));

    private static Plonky3Suite<Field31<TPrime>, TExt> OfConstants<TPrime, TExt>(Plonky3Poseidon2 constants, ulong degree)
        where TPrime : struct, IField31Parameters
        where TExt : unmanaged, IExtensionField<TExt, Field31<TPrime>>
    {
        var permutation = new CustomPoseidon2<TPrime>(constants, degree);
        return OfPermutations<TPrime, TExt>(permutation, permutation);
    }
}
