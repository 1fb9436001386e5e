namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>Every state of the voting rules in small: no fork with the rules, and a fork without either half of the exclusion.</summary>
public class TermModelTests
{
    [Fact]
    public void Explore_Rules_NoStateIsForked()
    {
        var model = new TermModel(finalizeAfterGivingUp: false, giveUpAfterFinalizing: false);
        Assert.False(model.FindsFork());
        Assert.True(model.States > 10_000, $"Expected a model with many states, got {model.States}.");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Explore_WithoutOneRule_AForkIsFound(bool finalizeAfterGivingUp, bool giveUpAfterFinalizing) =>
        Assert.True(new TermModel(finalizeAfterGivingUp, giveUpAfterFinalizing).FindsFork());
}
