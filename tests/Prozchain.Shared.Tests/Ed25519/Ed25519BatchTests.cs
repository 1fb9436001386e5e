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
            Ed25519Cases.Check(batch, cases);
            // Each good one in one sum with others: nothing that only a sum would let pass or fail.
            Ed25519Cases.Check(batch, [.. cases.Where(test => test.IsValid)]);
        }
    }

    [Fact]
    public void Verify_PublishedCaseAmongGoodOnes_AgreesAtEveryPlace()
    {
        Ed25519Case[] good = Ed25519Cases.Good(new SeededRandom(TestSettings.Seed), 12);
        var batch = new Ed25519Batch();
        int place = 0;
        foreach (Ed25519Case test in (Ed25519Case[])[.. Ed25519Vectors.Wycheproof(), .. Ed25519Vectors.Edge()])
        {
            place = (place + 1) % (good.Length + 1);
            Ed25519Cases.Check(batch, [.. good[..place], test, .. good[place..]]);
        }
    }

    [Fact]
    public void Verify_AnyCountAndAnyBadOnes_NamesThem() => CheckCounts(EdwardsKernels.CreateAll());

    [Fact]
    public void Verify_OneBadAtEveryPlace_NamesIt()
    {
        Ed25519Case[] good = Ed25519Cases.Good(new SeededRandom(TestSettings.Seed), 20);
        var batch = new Ed25519Batch();
        for (int at = 0; at < good.Length; at++)
            for (int kind = 0; kind < Ed25519Cases.Kinds; kind++)
            {
                Ed25519Case[] cases = [.. good];
                cases[at] = Ed25519Cases.Spoilt(good[at], kind);
                Ed25519Cases.Check(batch, cases);
            }
    }

    [Fact]
    public void Verify_TwoErrorsThatCancel_NamesBoth()
    {
        // s + 1 in one and s - 1 in the other: without coefficients the sum would balance.
        Ed25519Case[] cases = Ed25519Cases.Good(new SeededRandom(TestSettings.Seed), 8);
        cases[2] = Ed25519Cases.WithAnswer(cases[2], 1);
        cases[5] = Ed25519Cases.WithAnswer(cases[5], -1);
        Ed25519Cases.Check(new Ed25519Batch(), cases);
    }

    [Fact]
    public void Verify_AfterABadBatch_StartsAfresh()
    {
        var random = new SeededRandom(TestSettings.Seed);
        var batch = new Ed25519Batch();
        Ed25519Cases.Check(batch, [.. Ed25519Cases.Good(random, 30).Select(test => Ed25519Cases.Spoilt(test, 0))]);
        Ed25519Cases.Check(batch, Ed25519Cases.Good(random, 30));
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
        Ed25519Case[] cases = Ed25519Cases.Good(new SeededRandom(TestSettings.Seed), 200);
        var batch = new Ed25519Batch();
        var valid = new bool[cases.Length];
        AllocationAssert.None(() => Ed25519Cases.Verify(batch, cases, valid));
        cases[150] = Ed25519Cases.Spoilt(cases[150], 1);
        AllocationAssert.None(() => Ed25519Cases.Verify(batch, cases, valid));
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Verify_WithoutInstructionSets_GivesTheSameAnswers(InstructionSet set) => IsaRerun.Without(set, () => CheckCounts([EdwardsKernels.Create()]));

    private static void CheckCounts(IEnumerable<IEdwardsKernel> kernels)
    {
        var random = new SeededRandom(TestSettings.Seed);
        Ed25519Case[] good = Ed25519Cases.Good(random, 260);
        foreach (IEdwardsKernel kernel in kernels)
        {
            var batch = new Ed25519Batch(kernel);
            foreach (int count in (int[])[1, 2, 3, 7, 8, 9, 15, 33, 64, 191, 192, 260])
            {
                Ed25519Case[] cases = good[..count];
                Ed25519Cases.Check(batch, cases);
                for (int bad = random.Next(1, 4); bad > 0; bad--)
                {
                    int at = random.Next(count);
                    cases[at] = Ed25519Cases.Spoilt(good[at], random.Next(Ed25519Cases.Kinds));
                }
                Ed25519Cases.Check(batch, cases);
            }
        }
    }
}
