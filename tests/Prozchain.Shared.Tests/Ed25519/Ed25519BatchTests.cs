using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class Ed25519BatchTests
{
    [Fact]
    public void Verify_PublishedCases_AgreesWithSingle()
    {
        Ed25519Case[] cases = [.. Ed25519Vectors.Wycheproof(), .. Ed25519Vectors.Edge()];
        foreach (IEdwardsKernel kernel in EdwardsKernels.CreateAll())
        {
            var batch = new Ed25519Batch(kernel);
            Check(batch, cases);
            // Each good one in one sum with others: nothing that only a sum would let pass or fail.
            Check(batch, [.. cases.Where(test => test.IsValid)]);
        }
    }

    [Fact]
    public void Verify_PublishedCaseAmongGoodOnes_AgreesAtEveryPlace()
    {
        Ed25519Case[] good = Good(new SeededRandom(TestSettings.Seed), 12);
        var batch = new Ed25519Batch();
        int place = 0;
        foreach (Ed25519Case test in (Ed25519Case[])[.. Ed25519Vectors.Wycheproof(), .. Ed25519Vectors.Edge()])
        {
            place = (place + 1) % (good.Length + 1);
            Check(batch, [.. good[..place], test, .. good[place..]]);
        }
    }

    [Fact]
    public void Verify_AnyCountAndAnyBadOnes_NamesThem() => CheckCounts(EdwardsKernels.CreateAll());

    [Fact]
    public void Verify_OneBadAtEveryPlace_NamesIt()
    {
        Ed25519Case[] good = Good(new SeededRandom(TestSettings.Seed), 20);
        var batch = new Ed25519Batch();
        for (int at = 0; at < good.Length; at++)
            for (int kind = 0; kind < Kinds; kind++)
            {
                Ed25519Case[] cases = [.. good];
                cases[at] = Spoilt(good[at], kind);
                Check(batch, cases);
            }
    }

    [Fact]
    public void Verify_TwoErrorsThatCancel_NamesBoth()
    {
        // s + 1 in one and s - 1 in the other: without coefficients the sum would balance.
        Ed25519Case[] cases = Good(new SeededRandom(TestSettings.Seed), 8);
        cases[2] = WithAnswer(cases[2], 1);
        cases[5] = WithAnswer(cases[5], -1);
        Check(new Ed25519Batch(), cases);
    }

    [Fact]
    public void Verify_AfterABadBatch_StartsAfresh()
    {
        var random = new SeededRandom(TestSettings.Seed);
        var batch = new Ed25519Batch();
        Check(batch, [.. Good(random, 30).Select(test => Spoilt(test, 0))]);
        Check(batch, Good(random, 30));
        batch.Clear();
        batch.Verify([]);
    }

    [Fact]
    public void Add_BeyondCapacity_Throws()
    {
        var batch = new Ed25519Batch();
        for (int i = 0; i < Ed25519Batch.Capacity; i++) batch.Add([], [], []);
        Assert.Throws<InvalidOperationException>(() => batch.Add([], [], []));
        var valid = new bool[Ed25519Batch.Capacity];
        batch.Verify(valid);
        Assert.DoesNotContain(true, valid);
    }

    [Fact]
    public void Verify_WarmedUp_AllocatesNothing()
    {
        Ed25519Case[] cases = Good(new SeededRandom(TestSettings.Seed), 200);
        var batch = new Ed25519Batch();
        var valid = new bool[cases.Length];
        AllocationAssert.None(() => Verify(batch, cases, valid));
        cases[150] = Spoilt(cases[150], 1);
        AllocationAssert.None(() => Verify(batch, cases, valid));
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Verify_WithoutInstructionSets_GivesTheSameAnswers(InstructionSet set) => IsaRerun.Without(set, () => CheckCounts([EdwardsKernels.Create()]));

    private const int Kinds = 6;

    private static void CheckCounts(IEnumerable<IEdwardsKernel> kernels)
    {
        var random = new SeededRandom(TestSettings.Seed);
        Ed25519Case[] good = Good(random, 260);
        foreach (IEdwardsKernel kernel in kernels)
        {
            var batch = new Ed25519Batch(kernel);
            foreach (int count in (int[])[1, 2, 3, 7, 8, 9, 15, 33, 64, 191, 192, 260])
            {
                Ed25519Case[] cases = good[..count];
                Check(batch, cases);
                for (int bad = random.Next(1, 4); bad > 0; bad--)
                {
                    int at = random.Next(count);
                    cases[at] = Spoilt(good[at], random.Next(Kinds));
                }
                Check(batch, cases);
            }
        }
    }

    private static void Check(Ed25519Batch batch, ReadOnlySpan<Ed25519Case> cases)
    {
        var valid = new bool[cases.Length];
        Verify(batch, cases, valid);
        for (int i = 0; i < cases.Length; i++) Assert.True(cases[i].IsValid == valid[i], $"Expected {cases[i].Name} at {i} of {cases.Length} {(cases[i].IsValid ? "valid" : "refused")}.");
    }

    private static void Verify(Ed25519Batch batch, ReadOnlySpan<Ed25519Case> cases, Span<bool> valid)
    {
        batch.Clear();
        foreach (Ed25519Case test in cases) batch.Add(test.PublicKey, test.Message, test.Signature);
        batch.Verify(valid);
    }

    private static Ed25519Case[] Good(SeededRandom random, int count)
    {
        var cases = new Ed25519Case[count];
        for (int i = 0; i < count; i++)
        {
            using var key = new Ed25519PrivateKey(random.Bytes(32));
            byte[] message = random.Bytes(random.Next(0, 80)), signature = new byte[64];
            key.Sign(message, signature);
            cases[i] = new Ed25519Case("good", key.PublicKey.ToArray(), message, signature, true);
        }
        return cases;
    }

    private static Ed25519Case Spoilt(Ed25519Case test, int kind) => kind switch
    {
        0 => test with { Name = "another message", Message = [.. test.Message, 1], IsValid = false },
        1 => WithAnswer(test, 1),
        2 => test with { Name = "R of no point", Signature = [2, .. new byte[31], .. test.Signature[32..]], IsValid = false },
        3 => test with { Name = "key of no point", PublicKey = [2, .. new byte[31]], IsValid = false },
        4 => test with { Name = "s not reduced", Signature = [.. test.Signature[..32], .. Enumerable.Repeat((byte)0xFF, 32)], IsValid = false },
        _ => test with { Name = "short", Signature = test.Signature[..63], IsValid = false },
    };

    private static Ed25519Case WithAnswer(Ed25519Case test, int more) => test with
    {
        Name = "another s",
        Signature = [.. test.Signature[..32], .. NaiveEdwards.Bytes((NaiveEdwards.Number(test.Signature.AsSpan(32)) + more + NaiveEdwards.L) % NaiveEdwards.L)],
        IsValid = false,
    };
}
