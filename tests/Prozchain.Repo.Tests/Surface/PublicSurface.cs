using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Prozchain.Repo.Tests.Surface;

/// <summary>Writes an assembly's public surface as text, in an order that depends on nothing but the surface.</summary>
internal static class PublicSurface
{
    public static string Write(string name, IEnumerable<Type> exported)
    {
        var text = new StringBuilder($"The public surface of {name}. Written by tests/Prozchain.Repo.Tests; see CONTRIBUTING.md on approving a change.\n");
        foreach (IGrouping<string, Type> space in exported.Where(type => !type.Name.Contains('<', StringComparison.Ordinal))
            .GroupBy(type => type.Namespace ?? "").OrderBy(space => space.Key, StringComparer.Ordinal))
        {
            text.Append('\n').Append("namespace ").Append(space.Key).Append('\n');
            foreach (Type type in space.OrderBy(type => TypeText.Named(type), StringComparer.Ordinal).ThenBy(type => type.GetGenericArguments().Length))
            {
                text.Append("\n    ").Append(Head(type)).Append('\n');
                if (IsDelegate(type)) continue;
                foreach (string member in MemberText.Of(type)) text.Append("        ").Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string Head(Type type)
    {
        if (IsDelegate(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            var nullability = new NullabilityInfoContext();
            return $"public delegate {TypeText.Of(invoke.ReturnType, nullability.Create(invoke.ReturnParameter))} {TypeText.Named(type)}({MemberText.Parameters(invoke, nullability)}){TypeText.Constraints(OwnParameters(type))}";
        }
        IEnumerable<string> parents = Parents(type);
        string list = parents.Any() ? $" : {string.Join(", ", parents)}" : "";
        string obsolete = type.IsDefined(typeof(ObsoleteAttribute), false) ? "[Obsolete] " : type.IsDefined(typeof(FlagsAttribute), false) ? "[Flags] " : "";
        return $"{obsolete}public {Kind(type)} {TypeText.Named(type)}{list}{TypeText.Constraints(OwnParameters(type))}";
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";
        // Only records have a method of this name that the compiler made.
        bool isRecord = type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly) is { } print
            && print.IsDefined(typeof(CompilerGeneratedAttribute), false);
        string record = isRecord ? "record " : "";
        if (type.IsValueType)
            return (type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + record + "struct";
        return (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + record + "class";
    }

    private static IEnumerable<string> Parents(Type type)
    {
        if (type.IsEnum) return type.GetEnumUnderlyingType() == typeof(int) ? [] : [TypeText.Of(type.GetEnumUnderlyingType())];
        IEnumerable<string> bases = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [TypeText.Of(parent)] : [];
        return bases.Concat(type.GetInterfaces().Where(i => i.IsVisible).Select(i => TypeText.Of(i)).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<Type> OwnParameters(Type type) =>
        type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).Where(argument => argument.IsGenericParameter);

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(Delegate));
}
