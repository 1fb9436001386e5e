using System.Buffers;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
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
                : [Between(source, "// begin", "// end"), Between(source, "// prove", "// proven"), Between(source, "// share", "// shared"), Between(source, "// publish", "// published")];
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

    [Fact]
    public async Task AMemory_IsProvenInParts()
    {
        MemoryList list = MemoryList.Of(2);
        (List<MemoryPart> parts, byte[] statement) = (list.Parts, list.Statement);
        // share
        // From the early tables alone, at any time, anywhere; again the same.
        List<EarlyCommitment<F>> commitments = [];
        foreach (MemoryPart part in parts)
        {
            Trace<F>[] early = [.. part.Key.EarlyTables.Select(table => part.Traces[table])];
            F[][] values = [.. part.Key.EarlyTables.Select(table => part.Publics[table])];
            commitments.Add(StarkGroup.Commit(part.Key, early, values));
        }
        IReadOnlyList<GroupPlace> places = StarkGroup.Challenges(statement, commitments);

        // Each proof alone, in any order, on any machine that its place is sent to.
        var proofs = new GroupProof<F>[parts.Count];
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            StarkProof proof = await StarkProver.ProveAsync(parts[i].Key, parts[i].Traces, parts[i].Publics, place: places[i]);
            proofs[i] = new(parts[i].Key, parts[i].Publics, proof);
        }
        GroupResult result = StarkGroup.Verify(statement, proofs);
        // shared
        Assert.True(result.IsValid);
    }

    [Fact]
    public async Task Orders_AreProvenWithTheVerifiersMessages()
    {
        (IAir[] airs, Trace<F>[] traces, (F Index, F Account, F Amount)[] orders) = OrderCase.Witness(20, 8);
        // publish
        StarkShape shape = StarkKey.ShapeOf<F>(airs, minLogRows: 8, maxLogRows: 8) with { MaxPublicMessages = 64 };
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(shape));

        // The verifier makes the same list, in the same order, from what it knows.
        List<PublicMessage<F>> messages = [];
        foreach ((F index, F account, F amount) in orders)
        {
            messages.Add(new(OrderAir.Forced, BusDirection.Send, new[] { account, amount }));
            messages.Add(new(OrderAir.Known, BusDirection.Receive, new[] { account }));
            messages.Add(new(OrderAir.Exit, BusDirection.Receive, new[] { index, account, amount }));
        }
        StarkProof proof = await StarkProver.ProveAsync(key, traces, [[], []], messages: messages);
        bool isProven = StarkVerifier.Verify(key, [[], []], proof, messages) == VerifyResult.Valid;
        // published
        Assert.True(isProven);
        Assert.Empty(new TraceChecker<F>().Add((OrderAir)airs[0], traces[0]).Add(new ByteRangeAir(), traces[1]).AddMessages(messages).Faults());
    }

    private static string Between(string source, string begin, string end)
    {
        string inside = source.Split($"        {begin}\n")[1].Split($"        {end}\n")[0];
        return string.Join('\n', inside.Split('\n').Select(line => line.Length > 8 ? line[8..] : line.Trim()));
    }
}
