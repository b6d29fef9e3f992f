mod get_widget_config;
