using System.Globalization;

namespace Prozchain.Testing;

/// <summary>The environment variables that steer a test run; CONTRIBUTING.md lists them.</summary>
public static class TestSettings
{
    private const string SeedVariable = "PROZCHAIN_SEED";
    private const ulong DefaultSeed = 0x50726F7A636861;

    private static readonly (ulong Seed, int? Case) s_seed = ParseSeed(Environment.GetEnvironmentVariable(SeedVariable));

    /// <summary>The seed of all randomised tests: PROZCHAIN_SEED, else a constant, so that runs agree.</summary>
    public static ulong Seed => s_seed.Seed;

    /// <summary>The only case to run of each <see cref="Replay"/>, when PROZCHAIN_SEED is SEED:CASE.</summary>
    public static int? OnlyCase => s_seed.Case;

    /// <summary>PROZCHAIN_LONG=1: the long forms of tests.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1";

    /// <summary>PROZCHAIN_APPROVE=1: tests with approved files rewrite them instead of comparing.</summary>
    public static bool IsApproving { get; } = Environment.GetEnvironmentVariable("PROZCHAIN_APPROVE") == "1";

    /// <summary>PROZCHAIN_EMULATOR: the program that runs this executable, because the machine is of another kind; it runs the children too.</summary>
    public static string? Emulator { get; } = Environment.GetEnvironmentVariable("PROZCHAIN_EMULATOR") is { Length: > 0 } path ? path : null;

    /// <summary>A count that grows in the long form.</summary>
    public static int Scale(int usual, int inLongForm) => IsLong ? inLongForm : usual;

    /// <summary>What to set to see a case again.</summary>
    public static string Token(ulong seed, int? onlyCase = null) =>
        $"{SeedVariable}=0x{seed:x}{(onlyCase is { } index ? string.Create(CultureInfo.InvariantCulture, $":{index}") : "")}";

    /// <summary>Reads SEED or SEED:CASE, SEED in decimal or with 0x in hexadecimal.</summary>
    internal static (ulong Seed, int? Case) ParseSeed(string? text)
    {
        if (string.IsNullOrEmpty(text)) return (DefaultSeed, null);
        string[] parts = text.Split(':');
        bool hex = parts[0].StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        ulong seed;
        bool ok = hex
            ? ulong.TryParse(parts[0].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out seed)
            : ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out seed);
        int index = 0;
        if (parts.Length == 2) ok &= int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index);
        if (!ok || parts.Length > 2) throw new FormatException($"Expected {SeedVariable} as SEED or SEED:CASE (12345, 0xab12, 0xab12:7), got '{text}'.");
        return (seed, parts.Length == 2 ? index : null);
    }
}
