using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

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
            if (ChildTest.Role is not null) Assert.Equal("0", Environment.GetEnvironmentVariable(set.Knob()));
            Assert.False(set.IsSupported());
        });

    /// <summary>eng/isa-matrix.sh runs this first, so that no round of the matrix passes with the set still on.</summary>
    [Fact]
    public void InstructionSets_WhoseKnobIsZero_AreOff() =>
        Assert.All(
            Enum.GetValues<InstructionSet>().Where(set => Environment.GetEnvironmentVariable(set.Knob()) == "0"),
            set => Assert.False(set.IsSupported(), $"Expected {set} off by {set.Knob()}=0, got it supported."));

    /// <summary>eng/arm64.sh runs this first, so that nothing passes on lanes that were not taken.</summary>
    [Fact]
    public void InstructionSets_OfAnEmulatedArm_AreOn()
    {
        Assert.SkipUnless(TestSettings.Emulator is not null && RuntimeInformation.ProcessArchitecture == Architecture.Arm64, "This process runs on no emulated Arm.");
        Assert.True(AdvSimd.Arm64.IsSupported && Vector128.IsHardwareAccelerated, "Expected AdvSimd, got none.");
        Assert.True(Dp.IsSupported, "Expected products of bytes (Dp), got none.");
        Assert.True(Aes.IsSupported, "Expected carryless products (Aes), got none.");
        Assert.True(Sha256.IsSupported, "Expected SHA-256, got none.");
    }
}
