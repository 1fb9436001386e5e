using System.Buffers;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Air;

/// <summary>docs/air.md: its code is that of this project, and does what it says.</summary>
public sealed class TutorialTests
{
    [Fact]
    public void Document_Code_IsThatOfTheTests()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "air.md"));
        foreach (string file in new[] { "SumOfBytesAir.cs", "TutorialTests.cs" })
        {
            string source = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Prozchain.Zk.Tests", "Air", file));
            string[] codes = file == "SumOfBytesAir.cs" ? [source[source.IndexOf("/// <summary>", StringComparison.Ordinal)..]]
                : [Between(source, "// begin", "// end"), Between(source, "// prove", "// proven")];
            foreach (string code in codes)
            {
                Assert.Contains($"```csharp\n{code.Trim()}\n```", document, StringComparison.Ordinal);
                Assert.InRange(code.Trim().Split('\n').Length, 5, 40);
            }
        }
    }

    [Fact]
    public void SumOfBytes_WithItsByteTable_IsChecked()
    {
        // begin
        uint[] asked = new uint[256];
        Trace<F> trace = SumOfBytesAir.Generate<F>([3, 1, 4, 1], asked);
        IReadOnlyList<TraceFault> faults = new TraceChecker<F>()
            .Add(new SumOfBytesAir(), trace, [F.FromUInt32(9)])
            .Add(new ByteRangeAir(), ByteRangeAir.Generate<F>(asked))
            .Faults();

        trace[0, 2] += F.One;
        string wrong = $"{new TraceChecker<F>().Add(new SumOfBytesAir(), trace, [F.FromUInt32(9)]).Faults()[0]}";
        // end
        Assert.Empty(faults);
        Assert.Equal("sum of bytes, row 1: expected step = 0, got 2130706432.", wrong);
    }

    [Fact]
    public async Task SumOfBytes_IsProven()
    {
        // prove
        IAir[] airs = [new SumOfBytesAir(), new ByteRangeAir()];
        StarkShape shape = StarkKey.ShapeOf<F>(airs, minLogRows: 8, maxLogRows: 10);
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(shape));

        byte[] secret = [.. Enumerable.Range(0, 1024).Select(i => (byte)(i * i))];
        uint[] counts = new uint[256];
        Trace<F>[] traces = [SumOfBytesAir.Generate<F>(secret, counts), ByteRangeAir.Generate<F>(counts)];
        F[][] publicValues = [[F.FromUInt64((ulong)secret.Sum(value => value))], []];
        StarkProof proof = await StarkProver.ProveAsync(key, traces, publicValues);

        ArrayBufferWriter<byte> bytes = new();
        proof.Write(bytes);
        bool isRead = StarkProof.TryRead(bytes.WrittenSpan, out StarkProof? received) == ReadResult.Ok;
        bool isProven = isRead && StarkVerifier.Verify(key, publicValues, received!) == VerifyResult.Valid;
        // proven
        Assert.True(isProven);
    }

    private static string Between(string source, string begin, string end)
    {
        string inside = source.Split($"        {begin}\n")[1].Split($"        {end}\n")[0];
        return string.Join('\n', inside.Split('\n').Select(line => line.Length > 8 ? line[8..] : line.Trim()));
    }
}
