using System.Text.Json.Nodes;
using Prozchain.Testing;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>What a test does with a fixture, whatever its field.</summary>
internal interface IFixtureTest
{
    void Run<TField, TExt>(Fixture<TField, TExt> fixture)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>;
}

/// <summary>The proofs of the peer.</summary>
internal static class Vectors
{
    public const string Folder = "zk/plonky3";

    private static readonly string[] s_names =
    [
        "fib8_keccak_b1_q2", "fib8_keccak_b1_q2_cpow4_pow8_fold8", "fib8_keccak_b2_q2_pow8", "fib8_keccaku64_b1_q2", "fib8_poseidon2w16_b2_q2_pow8",
        "fib8_poseidon2w24_b1_q2", "fib64_keccak_b1_q20_pow8", "fib64_keccak_b1_q2_fold8_cap2", "fib64_keccak_b2_q20_fold8_final8",
        "fib64_keccaku64_b2_q20_fold8_pow8", "fib64_poseidon2w16_b1_q20_fold8", "fib64_poseidon2w24_b2_q20_fold8_final8_pow8",
        "fib1024_keccak_b1_q40_pow8", "fib1024_keccak_b2_q20_fold8_final8_pow8", "fib1024_keccaku64_b1_q40_final8", "fib1024_poseidon2w24_b1_q40_pow8",
        "pow3_8_keccak_b1_q2", "pow3_64_keccak_b2_q20_fold8_pow8", "pow3_64_poseidon2w24_b1_q20_pow8", "pow5_8_keccak_b2_q2",
        "batch_lookup_8_keccak_b1_q2", "batch_lookup_8_8_32_keccak_b2_q20_pow8", "batch_lookup_16_16_4_poseidon2w24_b1_q20_fold8_pow8",
        "uni_stark_two_adic_v1", "batch_stark_two_adic_v1", "uni_stark_circle_v1", "batch_stark_circle_v1",
    ];

    /// <summary>Proofs whose bytes the statement fixes.</summary>
    public static TheoryData<string> Deterministic => [.. s_names];

    public static TheoryData<string> All => [.. s_names, "fib8_keccak_hiding_b2_q2"];

    public static TheoryData<string> Transcripts =>
    [
        "fib8_keccak_b1_q2", "fib8_keccak_b2_q2_pow8", "fib8_keccak_hiding_b2_q2", "fib8_keccaku64_b1_q2", "fib8_poseidon2w24_b1_q2",
        "uni_stark_two_adic_v1", "uni_stark_circle_v1", "batch_lookup_8_keccak_b1_q2",
    ];

    public static void Run<TTest>(string name, ref TTest test) where TTest : struct, IFixtureTest
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(TestVectors.Require($"{Folder}/{name}.json")))!;
        switch ((string)json["field"]!["name"]!)
        {
            case "KoalaBear": test.Run(new Fixture<Field31<KoalaBear>, Extension<Field31<KoalaBear>, KoalaBear4>>(name, Plonky3Suites.KoalaBear(Hash(name)), json)); break;
            case "BabyBear": test.Run(new Fixture<Field31<BabyBear>, Extension<Field31<BabyBear>, BabyBear4>>(name, Plonky3Suites.BabyBear(Constants(json["poseidon2"]!)), json)); break;
            case "Mersenne31": test.Run(new Fixture<Mersenne31, Extension<Mersenne31, Mersenne3>>(name, Plonky3Suites.Mersenne31Circle(), json)); break;
            default: Assert.Fail($"Expected a known field, got {json["field"]}."); break;
        }
    }

    private static Plonky3Hash Hash(string name) =>
        name.Contains("keccaku64", StringComparison.Ordinal) ? Plonky3Hash.KeccakLanes
        : name.Contains("poseidon2w16", StringComparison.Ordinal) ? Plonky3Hash.Poseidon2Width16
        : name.Contains("poseidon2w24", StringComparison.Ordinal) ? Plonky3Hash.Poseidon2Width24
        : Plonky3Hash.KeccakBytes;

    private static Plonky3Poseidon2 Constants(JsonNode json) => new()
    {
        ExternalInitial = [.. json["external_initial_constants"]!.AsArray().Select(round => Integers(round!))],
        Internal = Integers(json["internal_constants"]!),
        ExternalFinal = [.. json["external_final_constants"]!.AsArray().Select(round => Integers(round!))],
        Diagonal = Integers(json["internal_diagonal"]!),
    };

    private static ReadOnlyMemory<uint> Integers(JsonNode values) => values.AsArray().Select(value => (uint)value!).ToArray();
}
