using System.Text.Json;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

/// <summary>Values that Plonky3 computed, constants included.</summary>
public class PoseidonVectors
{
    [Fact]
    public void Poseidon2_PeerValuesKoalaBear_Match()
    {
        Check<KoalaBear, Poseidon2Width16<KoalaBear>>("zk/poseidon2-koalabear-w16.json", Poseidon2Core<KoalaBear>.Width16);
        Check<KoalaBear, Poseidon2Width24<KoalaBear>>("zk/poseidon2-koalabear-w24.json", Poseidon2Core<KoalaBear>.Width24);
    }

    [Fact]
    public void Poseidon2_PeerValuesBabyBear_Match()
    {
        Check<BabyBear, Poseidon2Width16<BabyBear>>("zk/poseidon2-babybear-w16.json", Poseidon2Core<BabyBear>.Width16);
        Check<BabyBear, Poseidon2Width24<BabyBear>>("zk/poseidon2-babybear-w24.json", Poseidon2Core<BabyBear>.Width24);
    }

    /// <summary>
    /// Another instance than ours: the designers' own matrices, a dense diagonal and the 4 x 4 block (5, 7, 1, 3), which our
    /// permutation cannot take. What both share are round numbers and constants: with the file's matrices by their
    /// definition and our constants, its answer must come out.
    /// </summary>
    [Fact]
    public void Poseidon2_DesignersInstanceOfBabyBear_HasOurConstants()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("zk/poseidon2-babybear-w24-horizenlabs.json")));
        JsonElement root = document.RootElement;
        Poseidon2Core<BabyBear> core = Poseidon2Core<BabyBear>.Width24;
        Field31<BabyBear>[] diagonal = Read<BabyBear>(root.GetProperty("internal_diagonal"));
        Assert.NotEqual(diagonal, core.Instance.Diagonal);
        uint[][] block = [[5, 7, 1, 3], [4, 6, 1, 1], [1, 3, 5, 7], [1, 1, 4, 6]];
        int cases = 0;
        foreach (JsonElement row in root.GetProperty("cases").EnumerateArray())
        {
            Field31<BabyBear>[] state = Read<BabyBear>(row.GetProperty("input"));
            External();
            for (int round = 0, at = 0; round < 8 + core.Instance.PartialRounds; round++)
            {
                bool isFull = round < 4 || round >= 4 + core.Instance.PartialRounds;
                for (int i = 0; i < (isFull ? 24 : 1); i++) state[i] = PoseidonInstance<BabyBear>.SBox(state[i] + core.Constants[at++]);
                if (isFull) External();
                else
                {
                    Field31<BabyBear> sum = state.Aggregate((x, y) => x + y);
                    state = [.. state.Select((x, i) => sum + diagonal[i] * x)];
                }
            }
            Assert.Equal(Read<BabyBear>(row.GetProperty("output")), state);
            cases++;

            void External()
            {
                var product = new Field31<BabyBear>[24];
                for (int i = 0; i < 24; i++)
                    for (int j = 0; j < 24; j++) product[i] += Field31<BabyBear>.FromUInt32(block[i & 3][j & 3] * (i / 4 == j / 4 ? 2u : 1u)) * state[j];
                state = product;
            }
        }
        Assert.True(cases > 0, "Expected a case, got none.");
    }

    [Fact]
    public void Sponge_PeerValues_Match()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("zk/hash-koalabear.json")));
        int hashes = 0, compressions = 0;
        var digest = new F[8];
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (row.GetProperty("op").GetString() == "hash")
            {
                F[] input = Read<KoalaBear>(row.GetProperty("input"));
                FieldSponge<F, Poseidon2Width24<KoalaBear>>.Hash(input, digest);
                Assert.Equal(Read<KoalaBear>(row.GetProperty("poseidon2_sponge_w24_rate16")), digest);
                FieldSponge<F, Poseidon2Width16<KoalaBear>>.Hash(input, digest);
                Assert.Equal(Read<KoalaBear>(row.GetProperty("poseidon2_sponge_w16_rate8")), digest);
                byte[] montgomery = [.. input.SelectMany(element => BitConverter.GetBytes(F.FromUInt64((ulong)element.ToUInt32() << 32).ToUInt32()))], bytes = new byte[32];
                Keccak256.Hash(montgomery, bytes);
                Assert.Equal(row.GetProperty("keccak256_of_montgomery_le32_bytes").GetString(), Convert.ToHexStringLower(bytes));
                Blake3.Hash(montgomery, bytes);
                Assert.Equal(row.GetProperty("blake3_of_montgomery_le32_bytes").GetString(), Convert.ToHexStringLower(bytes));
                hashes++;
            }
            // The lane sponge of Keccak belongs to another profile.
            if (row.GetProperty("op").GetString() != "compress") continue;
            FieldSponge<F, Poseidon2Width16<KoalaBear>>.Compress([.. Read<KoalaBear>(row.GetProperty("left")), .. Read<KoalaBear>(row.GetProperty("right"))], digest);
            Assert.Equal(Read<KoalaBear>(row.GetProperty("output")), digest);
            compressions++;
        }
        Assert.True(hashes > 4 && compressions > 0, $"Expected hashes and compressions, got {hashes} and {compressions}.");
    }

    private static void Check<T, TPermutation>(string path, Poseidon2Core<T> core)
        where T : struct, IField31Parameters
        where TPermutation : struct, IPermutation<Field31<T>>
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require(path)));
        JsonElement root = document.RootElement;
        Assert.Equal(root.GetProperty("width").GetInt32(), TPermutation.Width);
        Assert.Equal(root.GetProperty("sbox_degree").GetInt32(), core.Instance.SBoxDegree);
        Assert.Equal(root.GetProperty("internal_rounds").GetInt32(), core.Instance.PartialRounds);
        Assert.Equal(Read<T>(root.GetProperty("internal_diagonal")), core.Instance.Diagonal);
        Field31<T>[] constants =
        [
            .. root.GetProperty("external_initial_constants").EnumerateArray().SelectMany(Read<T>),
            .. Read<T>(root.GetProperty("internal_constants")),
            .. root.GetProperty("external_final_constants").EnumerateArray().SelectMany(Read<T>),
        ];
        Assert.Equal(constants, core.Constants.ToArray());
        int cases = 0;
        foreach (JsonElement row in root.GetProperty("cases").EnumerateArray())
        {
            Field31<T>[] state = Read<T>(row.GetProperty("input"));
            TPermutation.Permute(state);
            Assert.Equal(Read<T>(row.GetProperty("output")), state);
            cases++;
        }
        Assert.True(cases > 4, $"Expected more than 4 cases, got {cases}.");
    }

    internal static Field31<T>[] Read<T>(JsonElement array) where T : struct, IField31Parameters =>
        [.. array.EnumerateArray().Select(value => Field31<T>.FromUInt32(value.GetUInt32()))];
}
