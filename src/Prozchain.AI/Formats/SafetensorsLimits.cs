namespace Prozchain.AI.Formats;

/// <summary>What the safetensors reader refuses to go beyond. The header's limit is the format's; the others are this reader's.</summary>
internal static class SafetensorsLimits
{
    public const int MaxHeaderBytes = 100_000_000;
    public const int MaxTensors = 262_144;
    public const int MaxMetadata = 262_144;
    public const int MaxRank = 64;
    public const int MaxNameBytes = 4_096;

    /// <summary>Longest string, number, or name with the white space behind it, which the parser must hold in one piece.</summary>
    public const int MaxTokenBytes = 4 * 1024 * 1024;
}
