namespace Prozchain.AI.Formats;

/// <summary>What the ONNX reader refuses to go beyond. The format itself has no limits below those of 64-bit numbers.</summary>
internal static class OnnxLimits
{
    public const int MaxInitializers = 262_144;
    public const int MaxParts = 524_288;
    public const int MaxNodes = 262_144;
    public const int MaxNames = 65_536;
    public const int MaxRank = 64;
    public const int MaxNameBytes = 4_096;
    public const int MaxEntryBytes = 16 * 1024;
    public const int MaxPartBytes = 64 * 1024 * 1024;

    /// <summary>Elements of one tensor in memory: 1 GiB of single precision.</summary>
    public const int MaxElements = 1 << 28;

    /// <summary>Attributes of all nodes together: each takes many times its bytes in memory.</summary>
    public const int MaxAttributes = 1 << 20;

    /// <summary>Products of two numbers in one node, and in one run of a model: about 50 times a VGG-19.</summary>
    public const long MaxNodeSteps = 1L << 38, MaxRunSteps = 1L << 40;
}
