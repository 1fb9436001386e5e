using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Prozchain.Repo.Tests.Ports;

/// <summary>What a port is (ARCHITECTURE, rule 2).</summary>
internal static class PortRules
{
    private const int MaxMembers = 5;
    private const int MaxFields = 8;
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static bool IsPort(Type type) => type.IsInterface && type.Namespace?.EndsWith(".Ports", StringComparison.Ordinal) == true;

    /// <summary>Checks one port: few members, plain types.</summary>
    public static IEnumerable<Violation> Check(Type port)
    {
        int members = CountMembers(port) + port.GetInterfaces().Where(parent => !IsBcl(parent)).Sum(CountMembers);
        if (members is 0 or > MaxMembers)
            yield return new("a port has at most five members", port.FullName!, $"1 to {MaxMembers}", $"{members}");
        var seen = new HashSet<Type>();
        foreach (Type type in SignatureTypes(port).Concat(port.GetInterfaces()).SelectMany(Parts))
            foreach (Violation violation in CheckType(port, type, seen))
                yield return violation;
    }

    /// <summary>Checks that what an implementer owes is written on the port, in its remarks.</summary>
    public static IEnumerable<Violation> CheckDocumentation(Type port, XDocument documentation)
    {
        XElement? remarks = documentation.Descendants("member")
            .FirstOrDefault(member => (string?)member.Attribute("name") == "T:" + port.FullName)?.Element("remarks");
        if (remarks is null || remarks.Value.Trim().Length < 40)
            yield return new("a port's remarks say what an implementer owes", port.FullName!, "<remarks> of a sentence or more", remarks?.Value.Trim() ?? "none");
    }

    /// <summary>Checks that a package works alone: each port has an embedded default.</summary>
    public static IEnumerable<Violation> CheckDefault(Type port, IEnumerable<Type> types)
    {
        if (!types.Any(type => type is { IsInterface: false, IsAbstract: false } && type.GetInterfaces().Any(i => Definition(i) == Definition(port))))
            yield return new("each port has an embedded default in its package", port.FullName!, "a type that implements it", "none");
    }

    private static IEnumerable<Violation> CheckType(Type port, Type type, HashSet<Type> seen)
    {
        type = Definition(type);
        if (type.IsGenericParameter || IsBcl(type) || !seen.Add(type)) yield break;
        string got = type.FullName ?? type.Name;
        if (type.Namespace != port.Namespace)
        {
            yield return new("a port's signatures use BCL types and its own folder's", port.FullName!, $"a BCL type or one of {port.Namespace}", got);
            yield break;
        }
        if (type.IsEnum) yield break;
        if (IsPort(type) && port.GetInterfaces().Any(parent => Definition(parent) == type)) yield break;
        if (!type.IsValueType || !type.IsDefined(typeof(IsReadOnlyAttribute), inherit: false))
        {
            yield return new("a type in a port's signature is a readonly struct or an enum", port.FullName!, "readonly struct or enum", got);
            yield break;
        }
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        if (fields.Length > MaxFields)
            yield return new("a struct in a port's signature is small", got, $"at most {MaxFields} fields", $"{fields.Length}");
        foreach (Type part in PublicParts(type).SelectMany(Parts))
            foreach (Violation violation in CheckType(port, part, seen))
                yield return violation;
    }

    // How a struct keeps its bytes is its own affair (a linked, internal type); what it shows is not.
    private static IEnumerable<Type> PublicParts(Type type) =>
        type.GetFields().Select(field => field.FieldType)
            .Concat(type.GetProperties().Select(property => property.PropertyType))
            .Concat(type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.ParameterType));

    private static int CountMembers(Type type) =>
        type.GetMethods(Members).Count(method => !method.IsSpecialName) + type.GetProperties(Members).Length + type.GetEvents(Members).Length;

    private static IEnumerable<Type> SignatureTypes(Type port) =>
        port.GetMethods(Members).SelectMany(method => method.GetParameters().Select(p => p.ParameterType)
            .Append(method.ReturnType)
            .Concat(method.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints())))
        .Concat(port.GetEvents(Members).Select(e => e.EventHandlerType!));

    /// <summary>A type and, for arrays, references and generic types, what they are made of.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsConstructedGenericType ? type.GetGenericArguments().SelectMany(Parts).Prepend(type) : [type];
    }

    private static Type Definition(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    private static bool IsBcl(Type type) =>
        Path.GetDirectoryName(type.Assembly.Location) == Path.GetDirectoryName(typeof(object).Assembly.Location);
}
