namespace Prozchain.Testing.Tests;

public sealed class IsaRerunTests
{
    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.Gfni)]
    [InlineData(InstructionSet.All)]
    public void Without_EachSet_RunsTheBodyWithTheSetOff(InstructionSet set) =>
        IsaRerun.Without(set, () =>
        {
            Assert.Equal("0", Environment.GetEnvironmentVariable(set.Knob()));
            Assert.False(set.IsSupported());
        });

    /// <summary>eng/isa-matrix.sh runs this first, so that no round of the matrix passes with the set still on.</summary>
    [Fact]
    public void InstructionSets_WhoseKnobIsZero_AreOff() =>
        Assert.All(
            Enum.GetValues<InstructionSet>().Where(set => Environment.GetEnvironmentVariable(set.Knob()) == "0"),
            set => Assert.False(set.IsSupported(), $"Expected {set} off by {set.Knob()}=0, got it supported."));
}
