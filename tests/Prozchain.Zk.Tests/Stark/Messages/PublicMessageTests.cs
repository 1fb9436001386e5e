using System.Security.Cryptography;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Tests.Backends;
using Prozchain.Zk.Stark;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Messages that the verifier itself has: with the right ones a proof is valid, with any others not.</summary>
public sealed class PublicMessageTests
{
    private const string Frozen = "9b4b5c3fbc3ea7495f4f8ee2bf90b3e5d7e9ab9c34ba7559b038daa0d0447e75";

    private static readonly string s_file = Path.Combine(RepositoryRoot.Path, "tests/Prozchain.Zk.Tests/Stark/Messages/stark-v0-messages.proof");

    private static readonly Lazy<(OrderCase Case, StarkProof Proof)> s_small = new(() =>
    {
        OrderCase made = new(5, 4);
        return (made, made.Prove(made.Messages));
    });

    // What each does to the list of five orders, and the bus that it leaves out of balance.
    private static readonly Dictionary<string, (Action<List<PublicMessage<F>>> Change, string Bus)> s_lies = new()
    {
        ["missing, handed in"] = (list => list.RemoveAt(3), "forced"),
        ["missing, vouched for"] = (list => list.RemoveAt(4), "known"),
        ["missing, taken out"] = (list => list.RemoveAt(14), "exit"),
        ["doubled, handed in"] = (list => list.Add(list[0]), "forced"),
        ["doubled, vouched for"] = (list => list.Add(list[1]), "known"),
        ["doubled, taken out"] = (list => list.Insert(0, list[2]), "exit"),
        ["altered"] = (list => list[5] = list[5] with { Elements = new[] { list[5].Elements.Span[0], list[5].Elements.Span[1], list[5].Elements.Span[2] + F.One } }, "exit"),
        ["elements swapped"] = (list => list[3] = list[3] with { Elements = new[] { list[3].Elements.Span[1], list[3].Elements.Span[0] } }, "forced"),
        ["wrongly directed"] = (list => list[3] = list[3] with { Direction = BusDirection.Receive }, "forced"),
        ["asked, not vouched for"] = (list => list[7] = list[7] with { Direction = BusDirection.Send }, "known"),
        ["on another bus"] = (list => list[7] = list[7] with { Bus = Prozchain.Zk.Airs.Buses.ByteRange }, "known"),
        ["none"] = (list => list.Clear(), "forced"),
    };

    public static TheoryData<string> Lies => [.. s_lies.Keys];

    [Theory]
    [InlineData(false, 5, 4)]
    [InlineData(true, 60, 8)]
    public void TheRightMessages_AreValid_HiddenOrNot(bool zeroKnowledge, int orders, int logRows)
    {
        OrderCase made = new(orders, logRows, zeroKnowledge);
        StarkProof proof = made.Prove(made.Messages, new() { CheckTraces = true, MaxDegreeOfParallelism = 2 });
        Assert.Equal(VerifyResult.Valid, made.Verify(proof, made.Messages));
        Assert.Equal(VerifyResult.Valid, made.Verify(made.Liar(made.Messages).Prove(), made.Messages));
        if (!zeroKnowledge) Assert.Equal(OrderCase.Bytes(proof), OrderCase.Bytes(made.Liar(made.Messages).Prove()));
        if (!zeroKnowledge) Assert.Equal(OrderCase.Bytes(proof), OrderCase.Bytes(made.Prove(made.Messages, new() { Backend = new NaiveBackend() })));
        List<PublicMessage<F>> fewer = [.. made.Messages.Skip(1)];
        Assert.NotEqual(VerifyResult.Valid, made.Verify(proof, fewer));
        Assert.Equal(VerifyResult.LookupImbalance, made.Verify(made.Liar(fewer).Prove(), fewer));
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void OtherMessages_AreRefused(string lie)
    {
        (OrderCase made, StarkProof honest) = s_small.Value;
        List<PublicMessage<F>> others = [.. made.Messages];
        s_lies[lie].Change(others);
        Assert.Contains(made.Verify(honest, others), (VerifyResult[])[VerifyResult.InsufficientWork, VerifyResult.LookupImbalance]);
        // The same transcript on both sides: nothing but the balance is wrong.
        Assert.Equal(VerifyResult.LookupImbalance, made.Verify(made.Liar(others).Prove(), others));
        Assert.Contains("public messages", Assert.Throws<InvalidTraceException>(() => made.Prove(others)).Message, StringComparison.Ordinal);
        InvalidTraceException named = Assert.Throws<InvalidTraceException>(() => made.Prove(others, new() { CheckTraces = true }));
        Assert.Contains(named.Faults, fault => fault.Kind == TraceFaultKind.Bus && fault.Constraint == s_lies[lie].Bus);
    }

    [Fact]
    public void AnotherOrder_IsAnotherStatement()
    {
        (OrderCase made, StarkProof honest) = s_small.Value;
        List<PublicMessage<F>> turned = [.. made.Messages.AsEnumerable().Reverse()];
        Assert.NotEqual(VerifyResult.Valid, made.Verify(honest, turned));
        Assert.Equal(VerifyResult.Valid, made.Verify(made.Prove(turned), turned));
    }

    /// <summary>A prover that draws its challenges before the messages are known has other challenges than the verifier.</summary>
    [Fact]
    public void Messages_NotBound()
    {
        OrderCase made = s_small.Value.Case;
        Assert.Contains(made.Verify(made.Liar(made.Messages, forgotten: "public messages").Prove(), made.Messages), (VerifyResult[])[VerifyResult.InsufficientWork, VerifyResult.LookupImbalance]);
    }

    /// <summary>Sums that are claimed so that the total fits are not those of the columns.</summary>
    [Theory]
    [InlineData(false, VerifyResult.ConstraintMismatch)]
    [InlineData(true, VerifyResult.WrongFinalPolynomial)]
    public void SumsThatFit(bool fits, VerifyResult expected)
    {
        OrderCase made = s_small.Value.Case;
        List<PublicMessage<F>> others = [.. made.Messages.Skip(3)];
        LyingProver? liar = null;
        liar = made.Liar(others, terminals: sums =>
        {
            Assert.True(PublicMessageList<F>.Of(made.Key, others)!.TrySum(liar!.Challenges.Alpha, liar.Challenges.Beta, out E sum));
            sums[0] = -sums[1] - sum;
        }, fits: fits);
        Assert.Equal(expected, made.Verify(liar.Prove(), others));
    }

    [Fact]
    public void NoMessages()
    {
        OrderCase none = new(0, 4);
        StarkProof proof = none.Prove(null);
        Assert.Equal(OrderCase.Bytes(proof), OrderCase.Bytes(none.Prove([])));
        Assert.Equal(VerifyResult.Valid, none.Verify(proof, null));
        Assert.Equal(VerifyResult.Valid, none.Verify(proof, []));
        PublicMessage<F> one = s_small.Value.Case.Messages[0];
        Assert.NotEqual(VerifyResult.Valid, none.Verify(proof, [one]));
        // What is handed in and taken out at once balances, and yet is another statement.
        PublicMessage<F>[] both = [one, one with { Direction = BusDirection.Receive }];
        Assert.NotEqual(VerifyResult.Valid, none.Verify(proof, both));
        Assert.Equal(VerifyResult.Valid, none.Verify(none.Prove(both), both));
    }

    [Fact]
    public void AThousand()
    {
        OrderCase made = new(334, 9);
        Assert.Equal(1002, made.Messages.Count);
        StarkProof proof = made.Prove(made.Messages, new() { MaxDegreeOfParallelism = 2 });
        Assert.Equal(VerifyResult.Valid, made.Verify(proof, made.Messages));
        Assert.NotEqual(VerifyResult.Valid, made.Verify(proof, [.. made.Messages.Take(1001)]));
    }

    [Fact]
    public void TheSum_IsThatOfTheDefinition_AndAValueOfZeroHasNone()
    {
        OrderCase made = s_small.Value.Case;
        E alpha = E.FromCoefficients([F.FromUInt32(3), F.One, F.FromUInt32(4), F.One]), beta = E.FromCoefficients([F.FromUInt32(5), F.FromUInt32(9), F.FromUInt32(2), F.FromUInt32(6)]), expected = default;
        // Buses by first use: forced, known, exit, byte range; W is 3.
        foreach (PublicMessage<F> message in made.Messages)
        {
            E inverse = Value(message).Inverse();
            expected += message.Direction == BusDirection.Send ? inverse : -inverse;
        }
        PublicMessageList<F> list = PublicMessageList<F>.Of(made.Key, made.Messages)!;
        Assert.True(list.TrySum(alpha, beta, out E sum));
        Assert.Equal(expected, sum);
        foreach (PublicMessage<F> message in made.Messages)
        {
            Assert.False(list.TrySum(alpha - Value(message), beta, out sum));
            Assert.Equal(E.Zero, sum);
        }

        E Value(PublicMessage<F> message)
        {
            E value = alpha, power = E.One;
            foreach (F element in message.Elements.Span) (value, power) = (value + power * element, power * beta);
            int bus = message.Bus == OrderAir.Forced ? 1 : message.Bus == OrderAir.Known ? 2 : 3;
            return value + beta * beta * beta * F.FromUInt32((uint)bus);
        }
    }

    [Fact]
    public void TheVerifier_AllocatesAsMuchAsTheList()
    {
        OrderCase made = new(0, 4);
        StarkShape shape = made.Key.Parameters.Shape with { MaxPublicMessages = 10_000 };
        (IAir[] airs, _, _) = OrderCase.Witness(0, 4);
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.ForBenchmark(shape, 4, 1, 8, default, 3, 1));
        F[] elements = [F.One, F.One, F.One];
        PublicMessage<F>[] messages = [.. Enumerable.Range(0, 10_000).Select(_ => new PublicMessage<F>(OrderAir.Exit, BusDirection.Receive, elements))];
        Sum();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sum();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000 * 80);

        void Sum() => Assert.True(PublicMessageList<F>.Of(key, messages)!.TrySum<KoalaBear4>(E.One, E.One + E.One, out _));
    }

    [Fact]
    public void Misuse_IsTheCallers()
    {
        (OrderCase made, StarkProof proof) = s_small.Value;
        PublicMessage<F> exit = made.Messages[2];
        foreach ((PublicMessage<F> wrong, string said) in ((PublicMessage<F>, string)[])
        [
            (exit with { Bus = new("exit", 3, BusKind.Lookup) }, "a table uses"), (exit with { Elements = new F[2] }, "3 elements"), (exit with { Direction = (BusDirection)7 }, "sent or received"), (default, "a bus"),
        ])
        {
            Assert.Contains(said, Assert.Throws<ArgumentException>(() => made.Prove([exit, wrong])).Message, StringComparison.Ordinal);
            Assert.Contains(said, Assert.Throws<ArgumentException>(() => made.Verify(proof, [exit, wrong])).Message, StringComparison.Ordinal);
        }
        PublicMessage<F>[] many = [.. Enumerable.Repeat(exit, OrderCase.Most + 1)];
        Assert.Contains("at most 1200", Assert.Throws<ArgumentException>(() => made.Verify(proof, many)).Message, StringComparison.Ordinal);
        // A key without accepts none.
        FrozenProof plain = new();
        Assert.Contains("at most 0", Assert.Throws<ArgumentException>(() => StarkVerifier.Verify(plain.Key, [[F.One], []], proof, [new(Prozchain.Zk.Airs.Buses.ByteRange, BusDirection.Send, new[] { F.One })])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChangedBytes_AreRefused()
    {
        (OrderCase made, StarkProof honest) = s_small.Value;
        byte[] bytes = OrderCase.Bytes(honest);
        Parallel.ForEach(Enumerable.Range(0, bytes.Length).Where(at => at < 300 || at % 7 == 0), at =>
        {
            byte[] changed = [.. bytes];
            changed[at] ^= (byte)(1 << at % 8);
            Assert.True(StarkProof.TryRead(changed, out StarkProof? read) != ReadResult.Ok || made.Verify(read!, made.Messages) is not (VerifyResult.Valid or VerifyResult.None), $"Byte {at}.");
        });
        for (int length = 0; length < bytes.Length; length += 61)
            Assert.True(StarkProof.TryRead(bytes.AsSpan(0, length), out StarkProof? read) != ReadResult.Ok || made.Verify(read!, made.Messages) == VerifyResult.Truncated);
    }

    [Fact]
    public void Prove_GivesTheFrozenBytes_WhichAreValid()
    {
        (OrderCase made, StarkProof proof) = s_small.Value;
        byte[] file = File.ReadAllBytes(s_file);
        Assert.Equal(Frozen, Convert.ToHexStringLower(SHA256.HashData(file)));
        Assert.Equal(file, OrderCase.Bytes(proof));
        Assert.Equal(ReadResult.Ok, StarkProof.TryRead(file, out StarkProof? read));
        Assert.Equal(VerifyResult.Valid, made.Verify(read!, made.Messages));
    }

    /// <summary>A proof of a list has them on its own buses, and on no shared one.</summary>
    [Fact]
    public void AProofOfAList()
    {
        MemoryList list = MemoryList.Of(1);
        StarkKey<F> key = MemoryList.Key(list.Parts[1].Airs, 4, shape => MemoryList.Quick(shape with { MaxPublicMessages = 4 }));
        list.Parts[1] = list.Parts[1] with { Key = key };
        (MemoryPart ledger, MemoryPart part) = (list.Parts[0], list.Parts[1]);
        PublicMessage<F> token = new(MemoryBuses.Token, BusDirection.Send, new[] { F.One, F.One, F.Zero });
        PublicMessage<F>[] messages = [token, token with { Direction = BusDirection.Receive }];
        IReadOnlyList<GroupPlace> places = list.Places();
        GroupProof<F> first = new(ledger.Key, ledger.Publics, ledger.Prove(places[0]));
        GroupProof<F> second = new(key, part.Publics, StarkProver.Prove(key, part.Traces, part.Publics, place: places[1], messages: messages), messages);
        Assert.True(StarkGroup.Verify(list.Statement, [first, second]).IsValid);
        Assert.Equal(VerifyResult.Valid, StarkGroup.VerifyAlone(second, places[1]));
        foreach (PublicMessage<F>[]? others in (PublicMessage<F>[]?[])[null, [token], [token, token, messages[1]]])
        {
            GroupResult result = StarkGroup.Verify(list.Statement, [first, second with { Messages = others }]);
            Assert.Equal((GroupVerdict.InvalidProof, 1), (result.Verdict, result.Proof));
            Assert.NotEqual(VerifyResult.Valid, StarkGroup.VerifyAlone(second with { Messages = others }, places[1]));
        }
        Assert.Throws<InvalidTraceException>(() => StarkProver.Prove(key, part.Traces, part.Publics, place: places[1], messages: [token]));
        PublicMessage<F> shared = new(MemoryBuses.Account, BusDirection.Send, new F[3]);
        Assert.Contains("shared", Assert.Throws<ArgumentException>(() => StarkGroup.Verify(list.Statement, [first, second with { Messages = [shared] }])).Message, StringComparison.Ordinal);
        Assert.Contains("shared", Assert.Throws<ArgumentException>(() => StarkProver.Prove(key, part.Traces, part.Publics, place: places[1], messages: [shared])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StarkGroup.Verify(list.Statement, [first with { Messages = messages }, second]));
    }
}
