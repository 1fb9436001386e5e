using Prozchain.Sharding.AtomicCommit;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>Every order of every step within a depth, of both protocols; and that each rule is needed.</summary>
public class ModelTests
{
    // Shards, transactions, end, attempts, lateness; steps, usual and in the long form. 40 steps are all there are.
    public static TheoryData<bool, int, int, ModelEnd, int, int, int, int> Models => new()
    {
        { false, 2, 1, ModelEnd.None, 1, 2, 40, 40 },
        { false, 2, 2, ModelEnd.None, 1, 1, 40, 40 },
        { false, 3, 1, ModelEnd.None, 1, 1, 40, 40 },
        { false, 3, 2, ModelEnd.None, 1, 0, 11, 14 },
        { false, 2, 1, ModelEnd.Freeze, 1, 1, 40, 40 },
        { false, 2, 1, ModelEnd.Split, 1, 1, 11, 40 },
        { false, 2, 1, ModelEnd.SplitSecond, 1, 1, 40, 40 },
        { false, 2, 2, ModelEnd.Merge, 1, 1, 40, 40 },
        { false, 3, 1, ModelEnd.Merge, 1, 0, 40, 40 },
        { true, 2, 1, ModelEnd.None, 1, 2, 40, 40 },
        { true, 2, 1, ModelEnd.None, 2, 1, 40, 40 },
        { true, 2, 2, ModelEnd.None, 1, 0, 12, 14 },
        { true, 3, 1, ModelEnd.None, 1, 1, 11, 40 },
        { true, 2, 1, ModelEnd.Freeze, 1, 1, 40, 40 },
        { true, 2, 1, ModelEnd.FreezeSecond, 1, 1, 40, 40 },
        { true, 2, 1, ModelEnd.Split, 1, 0, 9, 11 },
        { true, 2, 1, ModelEnd.SplitSecond, 1, 0, 10, 12 },
        { true, 2, 1, ModelEnd.Merge, 1, 1, 40, 40 },
        { true, 3, 1, ModelEnd.Merge, 1, 0, 8, 11 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Explore_AllInterleavings_NeitherSplitsNorSticks(bool locks, int shards, int transactions, ModelEnd end, int attempts, int lateness, int steps, int stepsInLongForm)
    {
        var model = new AtomicModel(locks, transactions, end, attempts, lateness, shards: shards);
        string? wrong = model.Explore(TestSettings.Scale(steps, stepsInLongForm));
        Assert.True(wrong is null, wrong);
        TestContext.Current.TestOutputHelper?.WriteLine($"{model.States} states, depth {model.Depth}, all there are: {model.IsExhausted}");
        if (steps == 40) Assert.True(model.IsExhausted);
        // A machine that never commits would be safe as well.
        Assert.True(model.Commits > 0 && model.Aborts > 0, $"Expected commits and aborts in {model.States} states, got {model.Commits} and {model.Aborts}.");
    }

    [Theory]
    [InlineData("FixedKeepsClaims", false, 2, ModelEnd.None, 1, 1, 12)]
    [InlineData("CommitNeedsAllCells", false, 1, ModelEnd.None, 1, 1, 12)]
    [InlineData("OneWord", false, 1, ModelEnd.None, 1, 1, 12)]
    [InlineData("SilenceBindsUncertifiedOnly", false, 1, ModelEnd.Split, 1, 0, 12)]
    [InlineData("HeirsRemember", false, 1, ModelEnd.Split, 1, 0, 12)]
    [InlineData("HeirsGoOn", false, 1, ModelEnd.Split, 1, 0, 12)]
    [InlineData("HeirsGoOn", true, 1, ModelEnd.SplitSecond, 1, 0, 12)]
    [InlineData("PreparedWaits", true, 1, ModelEnd.None, 1, 1, 12)]
    [InlineData("CommitNeedsAllVotes", true, 1, ModelEnd.None, 1, 1, 12)]
    [InlineData("VotesBindAttempt", true, 1, ModelEnd.None, 2, 0, 12)]
    [InlineData("DecisionsBindAttempt", true, 1, ModelEnd.None, 2, 0, 12)]
    [InlineData("CommitIsRemembered", true, 1, ModelEnd.None, 1, 2, 12)]
    public void Explore_WithoutARule_FindsItsLack(string rule, bool locks, int transactions, ModelEnd end, int attempts, int lateness, int steps) =>
        Assert.NotNull(new AtomicModel(locks, transactions, end, attempts, lateness, Enum.Parse<SafetyRule>(rule)).Explore(steps));

    [Fact]
    public void SafetyRules_AreAllTakenAwayOnce()
    {
        string[] tried = [.. typeof(ModelTests).GetMethod(nameof(Explore_WithoutARule_FindsItsLack))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Select(attribute => (string)((InlineDataAttribute)attribute).Data[0]!).Distinct()];
        Assert.Equal(Enum.GetNames<SafetyRule>().Where(name => name != nameof(SafetyRule.None)).Order(), tried.Order());
    }
}
