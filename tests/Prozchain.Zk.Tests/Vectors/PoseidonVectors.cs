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
