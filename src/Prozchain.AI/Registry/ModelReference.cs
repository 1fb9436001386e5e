using System.Buffers;

namespace Prozchain.AI.Registry;

/// <summary>A model by name, or one version of it: <c>name@version</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The version, or null for the newest.</param>
public readonly record struct ModelReference(string Name, string? Version)
{
    internal const int MaxNameLength = 128, MaxVersionLength = 64, MaxLicenceLength = 256, MaxQuantisationLength = 32;

    private static readonly SearchValues<char> s_alphanumeric = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> s_word = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");
    private static readonly SearchValues<char> s_version = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-+");

    /// <summary>Reads a reference; false when the name or the version is not formed as these are.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <param name="reference">The reference, or default.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out ModelReference reference)
    {
        reference = default;
        int at = text.IndexOf('@');
        ReadOnlySpan<char> name = at < 0 ? text : text[..at], version = at < 0 ? [] : text[(at + 1)..];
        if (!IsName(name) || (at >= 0 && !IsVersion(version))) return false;
        reference = new ModelReference(name.ToString(), at < 0 ? null : version.ToString());
        return true;
    }

    /// <summary>The part of a name that has an owner.</summary>
    internal static string Namespace(string name) => name.IndexOf('/') is >= 0 and int slash ? name[..slash] : name;

    internal static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxNameLength) return false;
        foreach (Range range in name.Split('/'))
        {
            ReadOnlySpan<char> part = name[range];
            if (part.IsEmpty || part.ContainsAnyExcept(s_word) || !s_alphanumeric.Contains(part[0]) || !s_alphanumeric.Contains(part[^1])) return false;
        }
        return true;
    }

    internal static bool IsVersion(ReadOnlySpan<char> version) =>
        version.Length is > 0 and <= MaxVersionLength && !version.ContainsAnyExcept(s_version) && s_alphanumeric.Contains(version[0]);

    internal static bool IsLicence(ReadOnlySpan<char> licence) =>
        licence.Length is > 0 and <= MaxLicenceLength && !licence.ContainsAnyExceptInRange(' ', '~');

    internal static bool IsQuantisation(ReadOnlySpan<char> text) => text.Length <= MaxQuantisationLength && !text.ContainsAnyExcept(s_word);

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => Version is null ? Name : $"{Name}@{Version}";
}
