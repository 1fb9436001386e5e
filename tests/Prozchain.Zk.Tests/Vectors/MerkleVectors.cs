using System.Text.Json;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Hash = Prozchain.Zk.Merkle.SpongeMatrixHash<Prozchain.Zk.Fields.KoalaBear, Prozchain.Zk.Hashing.Poseidon2Width24<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Zk.Tests;

/// <summary>Trees that Plonky3 made: several heights, one opened index each.</summary>
public class MerkleVectors
{
    [Fact]
    public void BatchCommitment_PeerTrees_Match()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("zk/merkle-koalabear-poseidon2.json")));
        int cases = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            ReadOnlyMemory<F>[][] matrices = [.. row.GetProperty("matrices").EnumerateArray().Select(Columns)];
            BatchCommitment<F, Hash> commitment = BatchCommitment<F, Hash>.Commit(matrices);
            Assert.Equal(Bytes(row.GetProperty("root")), commitment.Cap.ToArray());
            int index = row.GetProperty("opened_index").GetInt32();
            BatchOpening<F> opening = commitment.Open([index]);
            byte[] expected =
            [
                0,
                .. row.GetProperty("opened_rows").EnumerateArray().SelectMany(Bytes),
                .. row.GetProperty("siblings_leaf_to_root").EnumerateArray().SelectMany(Bytes),
            ];
            Assert.Equal(expected, BatchTools.Encode(opening));
            Assert.Equal(VerifyResult.Valid, opening.Verify<Hash>(commitment.Cap, commitment.Shape, [index], out _));
            cases++;
        }
        Assert.True(cases > 4, $"Expected more than 4 cases, got {cases}.");
    }

    [Fact]
    public void DuplexSponge_PeerChallenger_Matches()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("zk/challenger-koalabear-poseidon2-w24.json")));
        int samples = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var duplex = new Duplex();
            foreach (JsonElement step in row.GetProperty("steps").EnumerateArray())
            {
                if (step.TryGetProperty("observe", out JsonElement observed)) duplex.Observe(PoseidonVectors.Read<KoalaBear>(observed));
                else if (step.TryGetProperty("sample_bits", out JsonElement bits)) Assert.Equal(step.GetProperty("value").GetUInt32(), duplex.Sample().ToUInt32() & ((1u << bits.GetInt32()) - 1));
                else
                    foreach (F expected in PoseidonVectors.Read<KoalaBear>(step.TryGetProperty("sample_ext", out JsonElement ext) ? ext : step.GetProperty("sample_base")))
                        Assert.Equal(expected, duplex.Sample());
                samples++;
            }
        }
        Assert.True(samples > 10, $"Expected more than 10 steps, got {samples}.");
    }

    private static ReadOnlyMemory<F>[] Columns(JsonElement matrix)
    {
        int height = matrix.GetProperty("height").GetInt32(), width = matrix.GetProperty("width").GetInt32();
        F[] values = PoseidonVectors.Read<KoalaBear>(matrix.GetProperty("row_major"));
        return [.. Enumerable.Range(0, width).Select(c => (ReadOnlyMemory<F>)Enumerable.Range(0, height).Select(r => values[r * width + c]).ToArray())];
    }

    private static byte[] Bytes(JsonElement elements) => [.. elements.EnumerateArray().SelectMany(value => BitConverter.GetBytes(value.GetUInt32()))];

    /// <summary>The peer's rule in a few lines: a test of the permutation in a mode that the package does not offer.</summary>
    private sealed class Duplex
    {
        private const int Rate = 16;

        private readonly F[] _state = new F[24];
        private readonly List<F> _pending = [], _output = [];

        public void Observe(F[] elements)
        {
            foreach (F element in elements)
            {
                _output.Clear();
                _pending.Add(element);
                if (_pending.Count == Rate) Step();
            }
        }

        public F Sample()
        {
            if (_pending.Count > 0 || _output.Count == 0) Step();
            F last = _output[^1];
            _output.RemoveAt(_output.Count - 1);
            return last;
        }

        private void Step()
        {
            if (_pending.Count > 0)
            {
                _state.AsSpan(0, Rate).Clear();
                _pending.CopyTo(_state);
                _state[Rate] += F.FromUInt32((uint)_pending.Count);
                _pending.Clear();
            }
            Poseidon2Width24<KoalaBear>.Permute(_state);
            _output.Clear();
            _output.AddRange(_state.AsSpan(0, Rate));
        }
    }
}
