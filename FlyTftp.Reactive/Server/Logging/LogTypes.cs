using System.Diagnostics.CodeAnalysis;
using NLog;
using NLog.Config;
using NLog.LayoutRenderers;
using NLog.LayoutRenderers.Wrappers;
using NLog.Layouts;
using NLog.Targets;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>
/// What nlog.config can name. NLog itself registers everything it has, and with it the reflection that some of that needs; building
/// the native executable leaves those tables out (NLog.Substitutions.xml). This list is then all there is; elsewhere it adds the
/// program's own target to NLog's.
/// </summary>
internal static class LogTypes
{
    public static void Register(ISetupExtensionsBuilder extensions)
    {
        extensions
            .RegisterTarget<TerminalTarget>("Terminal")
            .RegisterTarget<NullTarget>("Null")
            .RegisterLayout<JsonLayout>("JsonLayout")
            .RegisterLayout<SimpleLayout>("SimpleLayout")
            .RegisterLayout<CompoundLayout>("CompoundLayout")
            .RegisterType<JsonAttribute>()
            .RegisterType<TargetPropertyWithContext>();
        extensions
            .RegisterLayoutRenderer<AllEventPropertiesLayoutRenderer>("all-event-properties")
            .RegisterLayoutRenderer<DateLayoutRenderer>("date")
            .RegisterLayoutRenderer<EnvironmentLayoutRenderer>("environment")
            .RegisterLayoutRenderer<EventPropertiesLayoutRenderer>("event-properties")
            .RegisterLayoutRenderer<EventPropertiesLayoutRenderer>("event-property")
            .RegisterLayoutRenderer<ExceptionLayoutRenderer>("exception")
            .RegisterLayoutRenderer<LevelLayoutRenderer>("level")
            .RegisterLayoutRenderer<LiteralLayoutRenderer>("literal")
            .RegisterLayoutRenderer<LoggerNameLayoutRenderer>("logger")
            .RegisterLayoutRenderer<LongDateLayoutRenderer>("longdate")
            .RegisterLayoutRenderer<MachineNameLayoutRenderer>("machinename")
            .RegisterLayoutRenderer<MessageLayoutRenderer>("message")
            .RegisterLayoutRenderer<NewLineLayoutRenderer>("newline")
            .RegisterLayoutRenderer<ShortDateLayoutRenderer>("shortdate")
            .RegisterLayoutRenderer<ThreadIdLayoutRenderer>("threadid")
            .RegisterLayoutRenderer<TicksLayoutRenderer>("ticks")
            .RegisterLayoutRenderer<TimeLayoutRenderer>("time")
            .RegisterLayoutRenderer<VariableLayoutRenderer>("var");
        extensions
            .RegisterLayoutRenderer<JsonEncodeLayoutRendererWrapper>("json-encode")
            .RegisterLayoutRenderer<LeftLayoutRendererWrapper>("left")
            .RegisterLayoutRenderer<LowercaseLayoutRendererWrapper>("lowercase")
            .RegisterLayoutRenderer<OnExceptionLayoutRendererWrapper>("onexception")
            .RegisterLayoutRenderer<OnHasPropertiesLayoutRendererWrapper>("onhasproperties")
            .RegisterLayoutRenderer<PaddingLayoutRendererWrapper>("pad")
            .RegisterLayoutRenderer<ReplaceNewLinesLayoutRendererWrapper>("replace-newlines")
            .RegisterLayoutRenderer<RightLayoutRendererWrapper>("right")
            .RegisterLayoutRenderer<TrimWhiteSpaceLayoutRendererWrapper>("trim-whitespace")
            .RegisterLayoutRenderer<UppercaseLayoutRendererWrapper>("uppercase")
            .RegisterLayoutRenderer<WhenEmptyLayoutRendererWrapper>("whenEmpty");
        AddAmbient(ConfigurationItemFactory.Default);
    }

    /// <summary><c>${level:padding=-5}</c>: wrappers that any renderer's own properties may call.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2111", Justification = "What is named here is made by its constructor and set by its properties only.")]
    private static void AddAmbient(ConfigurationItemFactory factory)
    {
#pragma warning disable CS0618 // Its successor knows no ambient properties.
        factory.RegisterType(typeof(JsonEncodeLayoutRendererWrapper), "");
        factory.RegisterType(typeof(LeftLayoutRendererWrapper), "");
        factory.RegisterType(typeof(LowercaseLayoutRendererWrapper), "");
        factory.RegisterType(typeof(PaddingLayoutRendererWrapper), "");
        factory.RegisterType(typeof(ReplaceNewLinesLayoutRendererWrapper), "");
        factory.RegisterType(typeof(TrimWhiteSpaceLayoutRendererWrapper), "");
        factory.RegisterType(typeof(UppercaseLayoutRendererWrapper), "");
        factory.RegisterType(typeof(WhenEmptyLayoutRendererWrapper), "");
#pragma warning restore CS0618
    }
}
