using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Prozchain.Repo.Tests.Surface;

/// <summary>Writes the members that a user of a type can reach.</summary>
internal static class MemberText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToString(Convert.ChangeType(Enum.Parse(type, name), type.GetEnumUnderlyingType(), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)}");
        var nullability = new NullabilityInfoContext();
        IEnumerable<(string Name, string Text)> fields = type.GetFields(Declared).Where(f => IsVisible(f.IsPublic, f.IsFamily || f.IsFamilyOrAssembly, type))
            .Select(field => (field.Name, Field(field, nullability)));
        IEnumerable<(string Name, string Text)> constructors = type.GetConstructors(Declared).Where(c => !c.IsStatic && IsVisible(c, type) && !IsGenerated(c))
            .Select(c => ("", $"{Access(c)}{type.Name.Split('`')[0]}({Parameters(c, nullability)})"));
        IEnumerable<(string Name, string Text)> properties = type.GetProperties(Declared).Where(p => p.GetAccessors(true).Any(a => IsVisible(a, type)) && !IsGenerated(p))
            .Select(property => (property.Name, Property(property, type, nullability)));
        IEnumerable<(string Name, string Text)> events = type.GetEvents(Declared).Where(e => IsVisible(e.AddMethod!, type))
            .Select(e => (e.Name, $"{Access(e.AddMethod!)}{Modifiers(e.AddMethod!)}event {TypeText.Of(e.EventHandlerType!)} {e.Name}"));
        IEnumerable<(string Name, string Text)> methods = type.GetMethods(Declared).Where(m => IsVisible(m, type) && !IsGenerated(m) && (!m.IsSpecialName || IsOperator(m)))
            .Select(method => (method.Name, Method(method, nullability)));
        return [.. Sorted(fields), .. Sorted(constructors), .. Sorted(properties), .. Sorted(events), .. Sorted(methods)];
    }

    private static IEnumerable<string> Sorted(IEnumerable<(string Name, string Text)> members) =>
        members.OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Text, StringComparer.Ordinal).Select(member => member.Text);

    private static string Field(FieldInfo field, NullabilityInfoContext nullability)
    {
        string kind = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        string value = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue())}" : "";
        return $"{(field.IsPublic ? "public " : "protected ")}{Required(field)}{kind}{TypeText.Of(field.FieldType, nullability.Create(field))} {field.Name}{value}";
    }

    private static string Property(PropertyInfo property, Type type, NullabilityInfoContext nullability)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(true).Where(accessor => IsVisible(accessor, type)).OrderBy(accessor => accessor.ReturnType == typeof(void))];
        bool isPublic = accessors.Any(accessor => accessor.IsPublic);
        string inside = string.Join(" ", accessors.Select(accessor =>
            (accessor.IsPublic || !isPublic ? "" : "protected ")
            + (accessor.ReturnType != typeof(void) ? "get;"
                : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;")));
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(p => Parameter(p, nullability)))}]";
        return $"{(isPublic ? "public " : "protected ")}{Required(property)}{Modifiers(accessors[0])}{Reference(accessors[0])}{TypeText.Of(property.PropertyType, nullability.Create(property))} {name} {{ {inside} }}";
    }

    private static string Method(MethodInfo method, NullabilityInfoContext nullability)
    {
        Type[] generic = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        string parameters = generic.Length == 0 ? "" : $"<{string.Join(", ", generic.Select(type => type.Name))}>";
        string extension = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
        string returned = TypeText.Of(method.ReturnType, nullability.Create(method.ReturnParameter));
        return $"{Access(method)}{Modifiers(method)}{Reference(method)}{returned} {method.Name}{parameters}({extension}{Parameters(method, nullability)}){TypeText.Constraints(generic)}";
    }

    internal static string Parameters(MethodBase method, NullabilityInfoContext nullability) =>
        string.Join(", ", method.GetParameters().Select(p => Parameter(p, nullability)));

    private static string Parameter(ParameterInfo parameter, NullabilityInfoContext nullability)
    {
        string passing = !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out "
            : parameter.IsDefined(typeof(RequiresLocationAttribute), false) ? "ref readonly "
            : parameter.IsIn || parameter.IsDefined(typeof(IsReadOnlyAttribute), false) ? "in " : "ref ";
        string all = parameter.IsDefined(typeof(ParamArrayAttribute), false) || parameter.IsDefined(typeof(ParamCollectionAttribute), false) ? "params " : "";
        // Where the language implies scoped (out, params) it is not written.
        string scoped = parameter.CustomAttributes.Any(a => a.AttributeType.Name == "ScopedRefAttribute") && passing != "out " && all.Length == 0 ? "scoped " : "";
        string value = parameter.HasDefaultValue ? $" = {Default(parameter)}" : "";
        return $"{all}{scoped}{passing}{TypeText.Of(parameter.ParameterType, nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface) return method.IsStatic ? method.IsAbstract ? "static abstract " : "static " : method.IsAbstract ? "" : "virtual ";
        if (method.IsStatic) return "static ";
        string changed = method.GetBaseDefinition() != method ? method.IsFinal ? "sealed override " : "override "
            : method.IsAbstract ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "";
        bool isReadOnly = method.DeclaringType.IsValueType && method.IsDefined(typeof(IsReadOnlyAttribute), false);
        return changed + (isReadOnly ? "readonly " : "");
    }

    private static string Reference(MethodInfo method) => !method.ReturnType.IsByRef ? ""
        : method.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "InAttribute") ? "ref readonly " : "ref ";

    private static string Required(MemberInfo member) => member.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";

    private static string Access(MethodBase method) => method.IsPublic ? "public " : "protected ";

    private static bool IsVisible(MethodBase method, Type type) => IsVisible(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly, type);

    private static bool IsVisible(bool isPublic, bool isProtected, Type type) => isPublic || (isProtected && !type.IsSealed);

    // What the compiler adds to every record says nothing; auto-properties carry the mark on their accessors only.
    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute), false) || member.Name.Contains('<', StringComparison.Ordinal);

    private static bool IsOperator(MethodInfo method) => method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Default(ParameterInfo parameter)
    {
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (parameter.RawDefaultValue is null) return type == parameter.ParameterType && type.IsValueType ? "default" : "null";
        return type.IsEnum ? $"{type.Name}.{Enum.ToObject(type, parameter.RawDefaultValue)}" : Literal(parameter.RawDefaultValue);
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        char c => $"'{c}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
