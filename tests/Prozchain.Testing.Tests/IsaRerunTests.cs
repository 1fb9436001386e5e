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
    public void InstructionSets_NamedByTheMatrix_AreOff()
    {
        string? off = Environment.GetEnvironmentVariable("PROZCHAIN_ISA_OFF");
        if (string.IsNullOrEmpty(off)) Assert.Skip("eng/isa-matrix.sh sets PROZCHAIN_ISA_OFF.");
        Assert.False(Enum.Parse<InstructionSet>(off!).IsSupported(), $"Expected {off} off, got it supported.");
    }
}
