using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Testing;

/// <summary>Instruction sets that the .NET 10 runtime can be told to leave alone.</summary>
public enum InstructionSet
{
    /// <summary>AVX-512 and with it AVX10; DOTNET_EnableAVX512. (The older EnableAVX512F does nothing on .NET 10.)</summary>
    Avx512,

    /// <summary>AVX2 and what builds upon it, AVX-512 included; DOTNET_EnableAVX2.</summary>
    Avx2,

    /// <summary>Galois field instructions; DOTNET_EnableGFNI.</summary>
    Gfni,

    /// <summary>Every hardware intrinsic that can be switched off; DOTNET_EnableHWIntrinsic.</summary>
    All,
}

/// <summary>The knob and the probe of each <see cref="InstructionSet"/>.</summary>
public static class InstructionSetExtensions
{
    /// <summary>The environment variable that, set to 0, switches the set off in a new process.</summary>
    public static string Knob(this InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => "DOTNET_EnableAVX512",
        InstructionSet.Avx2 => "DOTNET_EnableAVX2",
        InstructionSet.Gfni => "DOTNET_EnableGFNI",
        InstructionSet.All => "DOTNET_EnableHWIntrinsic",
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "Expected a named instruction set."),
    };

    /// <summary>Whether this process would use the set, or, for <see cref="InstructionSet.All"/>, any that can be off.</summary>
    public static bool IsSupported(this InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Avx512F.IsSupported || Vector512.IsHardwareAccelerated,
        InstructionSet.Avx2 => Avx2.IsSupported || Vector256.IsHardwareAccelerated,
        InstructionSet.Gfni => Gfni.IsSupported,
        InstructionSet.All => Sse42.IsSupported || Avx.IsSupported || Avx2.IsSupported || Pclmulqdq.IsSupported || Lzcnt.IsSupported
            || Aes.IsSupported || System.Runtime.Intrinsics.Arm.Dp.IsSupported || Vector128.IsHardwareAccelerated,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "Expected a named instruction set."),
    };
}
