using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using BabyBearField = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>;
using KoalaBearField = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Stark;

/// <summary>From what is known at run time to the types that the JIT compiles a prover for.</summary>
internal static class StarkEngines
{
    private const int Poseidon2DigestBits = 248;

    public static StarkField FieldOf<TField>() =>
        typeof(TField) == typeof(KoalaBearField) ? StarkField.KoalaBear
        : typeof(TField) == typeof(BabyBearField) ? StarkField.BabyBear
        : throw new ArgumentException($"Expected KoalaBear or BabyBear, got {typeof(TField).Name}.", nameof(TField));

    public static StarkEngine<TField> Create<TField>(StarkParameters parameters, StarkHash hash) where TField : unmanaged, ITwoAdicField<TField>
    {
        int digest = hash switch
        {
            StarkHash.Keccak256 or StarkHash.Blake3 or StarkHash.Sha256 => 256,
            StarkHash.Poseidon2 => Poseidon2DigestBits,
            _ => throw new ArgumentException($"Expected a hash of the list, got {hash}.", nameof(hash)),
        };
        if (parameters.DigestBits > digest) throw new ArgumentException($"Expected parameters for digests of {digest} bits or fewer, got {parameters.DigestBits}.", nameof(parameters));
        object engine = (FieldOf<TField>(), parameters.ExtensionDegree) switch
        {
            (StarkField.KoalaBear, 4) => OfKoalaBear<KoalaBear4>(hash),
            (StarkField.KoalaBear, 5) => OfKoalaBear<KoalaBear5>(hash),
            (StarkField.KoalaBear, 6) => OfKoalaBear<KoalaBear6>(hash),
            (StarkField.KoalaBear, 8) => OfKoalaBear<KoalaBear8>(hash),
            (StarkField.BabyBear, 4) => OfBabyBear(hash),
            (StarkField field, int degree) => throw new ArgumentException($"Expected an extension of {field} that this library has, got degree {degree}.", nameof(parameters)),
        };
        return (StarkEngine<TField>)engine;
    }

    private static StarkEngine<KoalaBearField> OfKoalaBear<TParameters>(StarkHash hash) where TParameters : unmanaged, IExtensionParameters<KoalaBearField> => hash switch
    {
        StarkHash.Keccak256 => new StarkEngine<KoalaBearField, TParameters, ByteMatrixHash<KoalaBearField, Keccak256>>(),
        StarkHash.Blake3 => new StarkEngine<KoalaBearField, TParameters, ByteMatrixHash<KoalaBearField, Blake3>>(),
        StarkHash.Sha256 => new StarkEngine<KoalaBearField, TParameters, ByteMatrixHash<KoalaBearField, Sha256>>(),
        _ => new StarkEngine<KoalaBearField, TParameters, SpongeMatrixHash<KoalaBear, Poseidon2Width24<KoalaBear>, Poseidon2Width16<KoalaBear>>>(),
    };

    private static StarkEngine<BabyBearField> OfBabyBear(StarkHash hash) => hash switch
    {
        StarkHash.Keccak256 => new StarkEngine<BabyBearField, BabyBear4, ByteMatrixHash<BabyBearField, Keccak256>>(),
        StarkHash.Blake3 => new StarkEngine<BabyBearField, BabyBear4, ByteMatrixHash<BabyBearField, Blake3>>(),
        StarkHash.Sha256 => new StarkEngine<BabyBearField, BabyBear4, ByteMatrixHash<BabyBearField, Sha256>>(),
        _ => new StarkEngine<BabyBearField, BabyBear4, SpongeMatrixHash<BabyBear, Poseidon2Width24<BabyBear>, Poseidon2Width16<BabyBear>>>(),
    };
}
