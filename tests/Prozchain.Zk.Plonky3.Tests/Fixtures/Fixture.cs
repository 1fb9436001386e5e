using System.Text.Json.Nodes;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>A proof of the peer with its configuration, as a key over the field that it names.</summary>
internal sealed class Fixture<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public Fixture(string name, Plonky3Suite<TField, TExt> suite, JsonNode json)
    {
        Json = json;
        Proof = File.ReadAllBytes(TestVectors.Require($"{Vectors.Folder}/{name}.postcard"));
        JsonNode fri = json["fri"]!;
        var config = new Plonky3Config
        {
            LogBlowup = (int)fri["log_blowup"]!,
            LogFinalLength = System.Numerics.BitOperations.Log2((uint)(int)fri["final_polynomial_length"]!),
            MaxLogArity = System.Numerics.BitOperations.Log2((uint)(int)fri["max_fold_arity"]!),
            Queries = (int)fri["queries"]!,
            RoundWorkBits = (int)fri["proof_of_work_bits_per_fold_round"]!,
            QueryWorkBits = (int)fri["proof_of_work_bits_before_queries"]!,
            CapHeight = (int)fri["merkle_cap_height"]!,
            Hiding = json["hash"]!["hiding"] is not null,
        };
        if (json["instances"] is JsonArray instances)
        {
            int[] logRows = [.. json["log2_rows"]!.AsArray().Select(value => (int)value!)];
            IAir[] airs = [.. instances.Select(instance => Air(instance!))];
            Key = new(suite, config, Plonky3Protocol.Batch, [.. airs.Select((air, i) => new Plonky3Table(air, logRows[i]))]);
            PublicValues = [.. json["public_values_per_instance"]!.AsArray().Select(values => Elements(values!))];
            Traces = [.. airs.Select((air, i) => air is MultiplicationAir multiplication ? multiplication.Generate<TField>(1 << logRows[i])
                : FibonacciAir.Generate(PublicValues[i].Span[0], PublicValues[i].Span[1], 1 << logRows[i]))];
            return;
        }
        PublicValues = [Elements(json["public_values"]!)];
        string kind = (string)json["air"]!["name"]!;
        int rows = (int)json["rows"]!;
        if (kind.StartsWith("fibonacci", StringComparison.Ordinal))
        {
            Key = new(suite, config, Plonky3Protocol.Single, new Plonky3Table(kind.Contains("left", StringComparison.Ordinal) ? new FibonacciAir() : new PairAir()));
            Traces = [FibonacciAir.Generate(PublicValues[0].Span[0], PublicValues[0].Span[1], rows)];
        }
        else
        {
            var air = new PowerAir((int)json["air"]!["max_degree"]!, (int)json["columns"]! / 3);
            Key = new(suite, config, Plonky3Protocol.Single, new Plonky3Table(air));
            Traces = [air.Generate<TField>((ulong)json["public_values"]![0]!, rows)];
        }
    }

    public JsonNode Json { get; }

    public byte[] Proof { get; }

    public Plonky3Key<TField, TExt> Key { get; }

    public ReadOnlyMemory<TField>[] PublicValues { get; }

    public Trace<TField>[] Traces { get; }

    public Plonky3Result Verify(ReadOnlySpan<byte> proof) => Plonky3Verifier.Verify(Key, PublicValues, proof);

    private static ReadOnlyMemory<TField> Elements(JsonNode values) => values.AsArray().Select(value => TField.FromUInt64((ulong)value!)).ToArray();

    private static IAir Air(JsonNode instance)
    {
        string name = (string)instance["name"]!;
        JsonArray lookups = instance["lookups"]!.AsArray();
        if (name.StartsWith("fibonacci", StringComparison.Ordinal)) return new FibonacciTableAir((int)lookups[0]!["count"]!);
        return new MultiplicationAir((int)instance["columns"]! / 3, lookups.Count > 0);
    }
}
