using System.Reflection;
using System.Text.RegularExpressions;

namespace Prozchain.Repo.Tests.Banned;

/// <summary>A line of eng/BannedSymbols.txt: a documentation identifier and what to use instead.</summary>
internal sealed record BannedSymbol(char Kind, string Type, string? Member, string[] Parameters, string Replacement)
{
    public static BannedSymbol Parse(string line)
    {
        string[] halves = line.Split(';', 2);
        Match id = Regex.Match(halves[0], @"^([TPMF]):([\w.`#]+?)(?:\(([\w.,`{}\[\]]*)\))?$");
        if (!id.Success) throw new FormatException($"Expected a documentation identifier, got '{line}'.");
        string name = id.Groups[2].Value;
        char kind = id.Groups[1].Value[0];
        int dot = name.LastIndexOf('.');
        string[] parameters = id.Groups[3].Value.Split(',', StringSplitOptions.RemoveEmptyEntries);
        string replacement = halves.Length == 2 ? halves[1].Trim() : "";
        return kind == 'T' ? new(kind, name, null, [], replacement) : new(kind, name[..dot], name[(dot + 1)..], parameters, replacement);
    }

    /// <summary>Whether .NET has this symbol: a misspelt identifier bans nothing, and the analyser does not say so.</summary>
    public bool Exists()
    {
        if (Find(Type) is not { } type) return false;
        const BindingFlags Any = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
        bool Matches(MethodBase method) => method.GetParameters().Select(p => p.ParameterType.FullName).SequenceEqual(Parameters);
        return Kind switch
        {
            'T' => true,
            'P' => type.GetProperty(Member!, Any) is not null,
            'F' => type.GetField(Member!, Any) is not null,
            _ => Member == "#ctor" ? type.GetConstructors().Any(Matches) : type.GetMethods(Any).Any(method => method.Name == Member && Matches(method)),
        };
    }

    /// <summary>The call as it looks in source, or null where only the analyser can tell the overloads apart.</summary>
    public Regex? InSource()
    {
        string simple = Type[(Type.LastIndexOf('.') + 1)..];
        if (Replacement.Contains("overload", StringComparison.Ordinal)) return null;
        return new Regex(Kind == 'T' ? $@"\b{simple}\s*\."
            : Member == "#ctor" ? $@"\bnew\s+{simple}\s*\(\s*\)"
            : $@"\b{simple}\s*\.\s*{Member}\b");
    }

    private static Type? Find(string name) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll")
            .Select(path => System.Type.GetType($"{name}, {Path.GetFileNameWithoutExtension(path)}", throwOnError: false))
            .FirstOrDefault(type => type is not null);
}
