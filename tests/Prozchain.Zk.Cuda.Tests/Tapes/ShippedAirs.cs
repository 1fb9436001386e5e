using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>The AIRs that the library ships, and one with everything.</summary>
internal static class ShippedAirs
{
    public static string[] Names { get; } =
        ["everything", "fibonacci", "range bits", "range bytes", "byte range", "byte table", "words", "blake3", "sha256", "keccak", "poseidon2", "poseidon2 on its bus", "poseidon2 of BabyBear"];

    public static TableLookups Lookups(string name) => LookupPlan.Of([Graph(name)]).Tables[0];

    public static ConstraintGraph Graph(string name) => name switch
    {
        "everything" => ConstraintGraph.Of(new EverythingAir(3)),
        "fibonacci" => ConstraintGraph.Of(new FibonacciAir()),
        "range bits" => ConstraintGraph.Of(new RangeBitsAir(5)),
        "range bytes" => ConstraintGraph.Of(new RangeBytesAir(3)),
        "byte range" => ConstraintGraph.Of(new ByteRangeAir()),
        "byte table" => ConstraintGraph.Of(new ByteTableAir()),
        "words" => ConstraintGraph.Of(new WordOperationsAir()),
        "blake3" => ConstraintGraph.Of(new Blake3CompressionAir()),
        "sha256" => ConstraintGraph.Of(new Sha256CompressionAir()),
        "keccak" => ConstraintGraph.Of(new KeccakAir()),
        "poseidon2" => ConstraintGraph.Of(new Poseidon2Air<KoalaBear>()),
        "poseidon2 on its bus" => ConstraintGraph.Of(new Poseidon2Air<KoalaBear>(2, onBus: true)),
        "poseidon2 of BabyBear" => ConstraintGraph.Of(new Poseidon2Air<BabyBear>()),
        _ => throw new ArgumentException($"Expected an AIR, got {name}.", nameof(name)),
    };
}
