using System.Text.Json;
using Prozchain.Testing;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests;

/// <summary>Values that Plonky3 computed.</summary>
public class FieldVectors
{
    [Fact]
    public void Arithmetic_PeerValuesKoalaBear_Match() => Check<KoalaBear>("zk/field-koalabear.json");

    [Fact]
    public void Arithmetic_PeerValuesBabyBear_Match() => Check<BabyBear>("zk/field-babybear.json");

    [Fact]
    public void Arithmetic_PeerValuesMersenne31_Match()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("zk/field-mersenne31.json")));
        Assert.Equal(Mersenne31.Modulus, document.RootElement.GetProperty("modulus").GetUInt32());
        int cases = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            Mersenne31 Read(string name) => Mersenne31.FromUInt32(row.GetProperty(name).GetUInt32());
            Mersenne31 a = Read("a"), b = Read("b");
            Assert.Equal(Read("add"), a + b);
            Assert.Equal(Read("sub"), a - b);
            Assert.Equal(Read("mul"), a * b);
            Assert.Equal(Read("neg_a"), -a);
            Assert.Equal(Read("cube_a"), a * a * a);
            Assert.Equal(Read("halve_a"), a.Halve());
            Assert.Equal(Read("a_pow_b"), FieldMath.Power(a, b.ToUInt32()));
            if (row.GetProperty("inverse_a").ValueKind == JsonValueKind.Null) Assert.Equal(Mersenne31.Zero, a);
            else Assert.Equal(Read("inverse_a"), a.Inverse());
            cases++;
        }
        Assert.True(cases > 20, $"Expected more than 20 cases, got {cases}.");
    }

    private static void Check<T>(string path) where T : struct, IField31Parameters
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require(path)));
        Assert.Equal(T.Modulus, document.RootElement.GetProperty("modulus").GetUInt32());
        Assert.Equal(T.MultiplicativeGenerator, document.RootElement.GetProperty("multiplicative_generator").GetUInt32());
        int cases = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            Field31<T> Read(string name) => Field31<T>.FromUInt32(row.GetProperty(name).GetUInt32());
            Field31<T> a = Read("a"), b = Read("b");
            Assert.Equal(Read("add"), a + b);
            Assert.Equal(Read("sub"), a - b);
            Assert.Equal(Read("mul"), a * b);
            Assert.Equal(Read("neg_a"), -a);
            Assert.Equal(Read("square_a"), a * a);
            Assert.Equal(Read("cube_a"), FieldMath.Power(a, 3));
            Assert.Equal(Read("halve_a"), a.Halve());
            Assert.Equal(Read("a_pow_b"), FieldMath.Power(a, b.ToUInt32()));
            if (row.GetProperty("inverse_a").ValueKind == JsonValueKind.Null) Assert.Equal(Field31<T>.Zero, a);
            else Assert.Equal(Read("inverse_a"), a.Inverse());
            cases++;
        }
        Assert.True(cases > 20, $"Expected more than 20 cases, got {cases}.");
    }
}
